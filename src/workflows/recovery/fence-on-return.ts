import { proxyActivities } from '@temporalio/workflow';
import type { ConsumerTools, TrafficSwitchTools } from '../../activities/traffic/index.ts';
import type { PostgresTools } from '../../activities/postgres/index.ts';
import { runbook, type RunResult } from '../kit/runbook.ts';
import type { PrimaryMove, RegionMove } from '../plans/plan.ts';

type Patient = Pick<PostgresTools, 'fenceDatabase'> &
  Pick<ConsumerTools, 'turnConsumers'> &
  Pick<TrafficSwitchTools, 'turnTrafficSwitches'>;
type Returning = PrimaryMove & Partial<Pick<RegionMove, 'dns' | 'switches' | 'consumers'>>;

// Tried for as long as the region stays away: every second until it answers.
const patient = proxyActivities<Patient>({
  startToCloseTimeout: '1m',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '500ms', maximumInterval: '1s' },
});

/** A primary was promoted beside one that could not be fenced: the moment the old one answers again, it must stop taking writes, work and traffic. */
export async function fenceOnReturn(plan: Returning): Promise<RunResult> {
  const { service, database, from, to, dns, switches, consumers } = plan;
  // lint-allow-page undo-missing, impaired-region: to wait for the region and keep it stopped is all that it does
  // lint-allow missing-lease: it stands by while other runs hold the database, and only ever stops things
  // lint-allow change-without-proof: each change proves itself, and no customer is there to be watched
  return runbook(plan, { title: `Fence the old ${database} in ${from} when it comes back`, leases: [] }, async ({ phase, step }) => {
    phase('Wait and fence');
    await step(`Stop writes in ${from} as soon as it answers`, () => patient.fenceDatabase({ database, region: from }));
    if (consumers)
      await step(`Turn the background consumers in ${from} off`, () => patient.turnConsumers({ service, region: from, on: false }));
    if (dns !== undefined && switches?.includes(from))
      await step(`Turn the switch in ${from} off, which would take the traffic back`, () =>
        patient.turnTrafficSwitches({ service, dns, to, everyone: true }),
      );
  });
}
