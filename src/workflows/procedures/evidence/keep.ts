import { ApplicationFailure } from '@temporalio/workflow';
import { Failure } from '../../failures.ts';
import type { Kit } from '../../kit/kit.ts';
import type { DatabasePlan } from '../../plans/plan.ts';
import { runMark } from '../../plans/restore-plan.ts';
import { postgres, rds } from '../../tools.ts';
import { stopWrites } from '../restore/cut-over.ts';

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

/** Stops every writer and proves it, then keeps the data as they are: nobody has looked, and nothing was repaired, before that. */
export async function stopAndKeep(kit: Kit, plan: DatabasePlan): Promise<{ snapshot: string; lsn: string | undefined }> {
  const { step, keep } = kit;
  const { database, region, instance } = plan;
  const label = `evidence-${runMark()}`;
  const { lsn } = await stopWrites(kit, plan);
  await step('Take a snapshot before anybody looks', () => rds.snapshotDatabase({ database, region, label }));
  const snapshot = `${instance}-${label}`;
  keep('evidence', { snapshot, region, lsn: lsn ?? null });
  return { snapshot, lsn };
}
