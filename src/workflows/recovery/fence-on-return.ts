import { patched, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { ConsumerTools, TrafficSwitchTools } from '../../activities/traffic/index.ts';
import type { PostgresTools } from '../../activities/postgres/index.ts';
import { runbook, type RunResult } from '../kit/runbook.ts';
import type { PrimaryMove, RegionMove } from '../plans/plan.ts';
import { onlyBesidePrimary, whichIsPrimary } from '../procedures/database/returned.ts';
import { postgres } from '../tools.ts';

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

/**
 * A primary was promoted beside one that could not be fenced: the moment the old one answers again, it must stop taking writes, work and traffic.
 * Nothing is touched unless the other one is seen to be the promoted primary, then and there.
 */
export async function fenceOnReturn(plan: Returning): Promise<RunResult> {
  const { service, database, from, to, dns, switches, consumers } = plan;
  // Runs of before stood by without a look at the other one.
  const looks = patched('only-beside-primary');
  const promised = workflowInfo().parent !== undefined;
  const leases = looks && !promised ? [`database/${database}`] : [];
  // lint-allow-page undo-missing, impaired-region: to wait for the region and keep it stopped is all that it does
  // lint-allow change-without-proof: each change proves itself, and no customer is there to be watched
  return runbook(plan, { title: `Fence the old ${database} in ${from} when it comes back`, leases }, async (kit) => {
    const { phase, step } = kit;
    phase('Wait and fence');
    const beside = looks ? await whichIsPrimary(kit, plan, promised) : {};
    const first = async () => (looks ? onlyBesidePrimary(plan, promised) : undefined);
    if (beside)
      await step(`Stop writes in ${from} as soon as it answers`, () => patient.fenceDatabase({ database, region: from, ...beside }), {
        undo: () => postgres.unfenceDatabase({ database, region: from }),
      });
    if (consumers)
      await step(`Turn the background consumers in ${from} off`, async () => {
        await first();
        await patient.turnConsumers({ service, region: from, on: false });
      });
    if (dns !== undefined && switches?.includes(from))
      await step(`Turn the switch in ${from} off, which would take the traffic back`, async () => {
        await first();
        await patient.turnTrafficSwitches({ service, dns, to, everyone: true });
      });
  });
}
