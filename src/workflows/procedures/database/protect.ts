import type { Kit } from '../../kit/kit.ts';
import type { PrimaryMove, Protection } from '../../plans/plan.ts';
import { cloudwatch, postgres, rds } from '../../tools.ts';
import { rebuildReplica } from './rebuild-replica.ts';

/** A new primary has short backups or none, is in one zone, and nobody watches it: gives it what it must have. */
export async function protectNewPrimary(
  { step }: Kit,
  { database, region, protection }: { database: string; region: string; protection: Protection },
): Promise<void> {
  const { multiAz, alarms } = protection;
  await step('Turn backups of the new primary on', () => rds.protectDatabase({ database, region }));
  if (multiAz) await step('Turn Multi-AZ of the new primary on', () => rds.setMultiAz({ database, region, on: true }));
  if (alarms.length > 0)
    await step(`Put ${alarms.length} alarms on the new primary`, () => cloudwatch.protectWithAlarms({ database, region }));
}

/** Makes the old primary's region a replica of the new one when its database answers; otherwise says what is left to do. */
export async function replaceOldPrimary(kit: Kit, move: PrimaryMove, { ask }: { ask: boolean }): Promise<void> {
  const { database, from, to } = move;
  const old = await kit.learn(
    `Look whether ${from} can have a replica again`,
    () => postgres.replicationState({ database, region: from }),
    ({ reachable, refusal }) =>
      refusal ? `not yet: its old database refuses us, ${refusal}` : reachable ? 'it can' : 'not yet: its old database does not answer',
  );
  const readable = old !== undefined && old.reachable && old.refusal === undefined;
  if (readable && (await rebuildReplica(kit, move, { region: from, of: to, ask, orLater: true })))
    return kit.keep('replica', { region: from });
  const why = readable ? 'could not be made a replica' : old ? 'does not answer' : 'could not be looked at';
  const later = readable ? 'it becomes one' : 'it is fenced when it does, and becomes a replica';
  kit.keep('replica', { region: null, why: `${database} in ${from} ${why}: ${later} by fail-back-region` });
}
