import { ApplicationFailure } from '@temporalio/workflow';
import { lostFact } from '../../facts/assess-snapshot.ts';
import { factOf } from '../../facts/facts.ts';
import { Failure } from '../../failures.ts';
import type { Kit } from '../../kit/kit.ts';
import { proving } from '../../kit/scope.ts';
import type { Fact } from '../../messages.ts';
import { nameBeside, type Endpoint } from '../../plans/restore-plan.ts';
import type { SnapshotRestore } from '../../plans/snapshot-plan.ts';
import { postgres, rds } from '../../tools.ts';
import { approvalOver, strongest } from '../approval.ts';
import type { Chosen } from './choose-snapshot.ts';
import { warmAndExamine } from './compare-copy.ts';
import { measureOutage } from '../evidence/customers.ts';
import { swapNames } from './cut-over.ts';
import { lookWhere } from './beside.ts';

/** Receipts and database are by different clocks, and orders were under way when the snapshot was taken. */
const marginMs = 60 * 60_000;

/** An instance that was made from a snapshot. */
export interface SnapshotRestored {
  /** Its name until now: the region's own when nobody has that. */
  name: string;
  /** Where it listens; undefined in a dry run. */
  endpoint: Endpoint | undefined;
  /** By which it is known; null when it cannot be told. */
  timeline: number | null;
}

/**
 * Makes an instance from a snapshot, with the settings of the lost one where they can be read, beside whatever has the region's name. All of it can
 * be taken back and nobody notices it, so that it may begin while people decide.
 */
export async function restoreSnapshotBeside(kit: Kit, plan: SnapshotRestore, chosen: Chosen): Promise<SnapshotRestored> {
  const { database, from, to, instance } = plan;
  const { step, check, measure } = kit;
  const [today, source] = await Promise.all([
    measure(
      `Look who has the name ${instance}`,
      () => rds.describeDatabase({ database, region: to }),
      ({ role }) => role,
    ),
    measure(
      `Look whether the settings in ${from} can be read`,
      () => rds.describeDatabase({ database, region: from }),
      ({ role }) => (role === 'unknown' ? 'they cannot: those of the snapshot are used' : 'they can'),
    ),
  ]);
  const name = today.role === 'absent' ? instance : nameBeside(plan, 'restored');
  const like = source.role === 'primary' ? { region: from } : null;
  const restore = () => rds.restoreSnapshot({ database, region: to, instance: name, snapshot: chosen.id, like });
  await step(`Restore ${chosen.id} as ${name}`, restore, { undo: () => rds.removeInstance({ region: to, instance: name }) });
  const endpoint = await lookWhere(kit, { region: to, instance: name }, 'the restore would tell');
  const held = await warmAndExamine(kit, { database, region: to }, { at: chosen.createdAt, instance: name, endpoint });
  await check('Check that the restored data is whole', async () => {
    const broken = (held?.checks ?? []).filter(({ holds }) => !holds).map(({ name: question }) => question);
    if (broken.length > 0) throw ApplicationFailure.nonRetryable(`does not hold: ${broken.join(', ')}`, Failure.DoesNotHold);
  });
  // What listens there in a dry run is not what would be restored.
  return { name, endpoint: await proving(async () => endpoint!), timeline: held?.timeline ?? null };
}

/** Gives the restored instance the name that customers use; whatever has it is set aside and kept. */
export async function giveItsName(kit: Kit, plan: SnapshotRestore, { name, timeline }: SnapshotRestored): Promise<void> {
  if (name === plan.instance) return;
  await swapNames(kit, { ...plan, region: plan.to }, { aside: nameBeside(plan, 'aside'), takesOver: name, timeline });
}

/** Now that the database is there, beside whatever still has the region's name, counts what it lacks, and asks anew when that is more than people approved. */
export async function checkLoss(
  { measure, gate, keep }: Kit,
  plan: SnapshotRestore,
  chosen: Chosen,
  { restored, approved, facts }: { restored: SnapshotRestored; approved: readonly Fact[]; facts: () => Promise<Fact[]> },
): Promise<void> {
  const { endpoint } = restored;
  const lost = await measure('Find the acknowledged orders that it lacks', () => missingSince(plan, chosen, endpoint), sayLost);
  const seen = factOf(approved, lostFact)?.value;
  keep('lossAtCutOver', lost ? { orders: lost.count, approved: seen ?? null } : null);
  // Nobody can count them: then people have approved a loss that is unknown.
  if (!lost || lost.count === null || (typeof seen === 'number' && lost.count <= seen)) return;
  const options = approvalOver(plan, facts, 'Orders after the snapshot are only in the lost region');
  await gate(`Lose ${lost.count} acknowledged orders, more than were approved?`, { ...options, ...strongest(plan.approval) });
}

/** Measures what customers felt, and lists the orders that are gone. */
export async function measureRestored(kit: Kit, plan: SnapshotRestore, chosen: Chosen): Promise<void> {
  const { learn, keep, parallel } = kit;
  await parallel(
    async () =>
      keep('lost', (await learn('List the acknowledged orders that are gone', () => missingSince(plan, chosen), sayLost)) ?? null),
    () => measureOutage(kit, plan),
  );
}

const missingSince = ({ service, to }: SnapshotRestore, { createdAt }: Chosen, endpoint?: Endpoint) =>
  postgres.missingInRestored({
    ...{ service, region: to, since: new Date(Date.parse(createdAt) - marginMs).toISOString() },
    ...(endpoint ? { endpoint } : {}),
  });

const sayLost = (lost: { count: number | null } | undefined): string => {
  if (!lost) return 'not in a dry run';
  return lost.count === null ? 'not counted: customers keep no receipts' : `${lost.count} are gone`;
};
