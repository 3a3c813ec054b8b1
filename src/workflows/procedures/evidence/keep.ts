import { ApplicationFailure } from '@temporalio/workflow';
import { Failure } from '../../failures.ts';
import type { Kit } from '../../kit/kit.ts';
import type { DatabasePlan } from '../../plans/plan.ts';
import { runMark } from '../../plans/restore-plan.ts';
import { postgres, rds } from '../../tools.ts';

/** Fails when another region's database takes writes too: then two histories are damaged or not, and a person must say which one counts. */
export async function noOtherWriter({ database, otherRegions }: DatabasePlan): Promise<string> {
  const states = await Promise.all(
    otherRegions.map(async (region) => ({ region, ...(await postgres.replicationState({ database, region })) })),
  );
  const writing = states
    .filter(({ reachable, refusal, readOnly }) => reachable && refusal === undefined && !readOnly)
    .map(({ region }) => region);
  if (writing.length > 0)
    throw ApplicationFailure.nonRetryable(`${database} takes writes in ${writing.join(' and ')} too`, Failure.Permanent);
  const refusing = states.find(({ refusal }) => refusal !== undefined);
  if (refusing)
    throw ApplicationFailure.nonRetryable(`${database} in ${refusing.region} may take writes too: ${refusing.refusal}`, Failure.Permanent);
  const silent = states.filter(({ reachable }) => !reachable).map(({ region }) => region);
  return silent.length === 0 ? 'none does' : `none that answers; ${silent.join(' and ')} does not`;
}

/** What is kept before anybody looks. */
export interface Kept {
  snapshot: string;
  /** Where the log stood then, so that a replica can be asked whether it has all of it; undefined when it could not be read. */
  lsn: string | undefined;
}

/** Keeps the data as they are, while customers go on: nobody has looked, and nothing was stopped or repaired, before that. */
export async function keepEvidence(kit: Kit, plan: DatabasePlan): Promise<Kept> {
  const { step, learn, keep } = kit;
  const { database, region, instance } = plan;
  const label = `evidence-${runMark()}`;
  await step('Take a snapshot before anybody looks', () => rds.snapshotDatabase({ database, region, label }));
  const log = await learn(
    `Read where the log of ${instance} stands`,
    () => postgres.replicationState({ database, region }),
    ({ replayLsn }) => replayLsn ?? 'it cannot be read',
  );
  const kept = { snapshot: `${instance}-${label}`, lsn: log?.replayLsn ?? undefined };
  keep('evidence', { ...kept, region, lsn: kept.lsn ?? null });
  return kept;
}
