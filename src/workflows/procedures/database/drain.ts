import { proxyActivities } from '@temporalio/workflow';
import type { PostgresTools } from '../../../activities/postgres/index.ts';
import type { Kit } from '../../kit/kit.ts';
import type { PrimaryMove } from '../../plans/plan.ts';

// Half a minute, and then a person is asked: meanwhile nobody can write.
const brisk = proxyActivities<Pick<PostgresTools, 'awaitCaughtUp'>>({
  startToCloseTimeout: '45s',
  heartbeatTimeout: '6s',
  retry: { maximumAttempts: 2 },
});

/** A fenced primary that still answers may yet ship what the replica lacks. Answers whether the replica has every write of it. */
export async function drainOldPrimary({ step }: Kit, { database, from, to }: PrimaryMove, lsn: string): Promise<boolean> {
  let whole = false;
  await step(`Wait until ${to} has every write of ${from}`, async () => {
    await brisk.awaitCaughtUp({ database, region: to, lsn });
    whole = true;
  });
  return whole;
}
