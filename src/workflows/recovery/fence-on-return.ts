import { proxyActivities } from '@temporalio/workflow';
import type { postgresActivities } from '../../activities/postgres.ts';
import { runbook, type RunResult } from '../kit/runbook.ts';
import type { RegionMove } from '../procedures/plan.ts';

// Tried for as long as the region stays away: every second until it answers.
const patientPostgres = proxyActivities<Pick<ReturnType<typeof postgresActivities>, 'fenceDatabase'>>({
  startToCloseTimeout: '1m',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '500ms', maximumInterval: '1s' },
});

/** A primary was promoted beside one that could not be fenced: the moment the old one answers again, it must stop taking writes. */
export async function fenceOnReturn(plan: RegionMove): Promise<RunResult> {
  const { database, from } = plan;
  return runbook(plan, { title: `Fence the old ${database} in ${from} when it comes back`, leases: [] }, async ({ phase, step }) => {
    phase('Wait and fence');
    await step(`Stop writes in ${from} as soon as it answers`, () => patientPostgres.fenceDatabase({ database, region: from }));
  });
}
