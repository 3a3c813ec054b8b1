import type { Kit } from '../../kit/kit.ts';
import type { DatabasePlan, RegionMove } from '../../plans/plan.ts';
import { probes } from '../../tools.ts';
import { duration } from '../../../words/durations.ts';

type Watched = Pick<DatabasePlan, 'service' | 'watch'> | Pick<RegionMove, 'service' | 'traffic'>;

/** Every reading as a customer sees the service, for a while, must be good; `goesOn` leaves it at telling people when they are not. */
export async function watchCustomers({ watch }: Kit, plan: Watched, { goesOn = false } = {}): Promise<void> {
  const { service } = plan;
  const { forMs, errorRate: most } = 'watch' in plan ? plan.watch : { ...plan.traffic, forMs: plan.traffic.watchForMs };
  await watch('Watch the service as customers see it', {
    read: () => probes.observeService({ service, forMs, everyMs: 250 }),
    holds: ({ errorRate }) => errorRate <= most,
    goesOn,
  });
}

/** Asks how long customers waited in this event, and keeps the answer for the record: what was over before the run began is none of it. */
export async function measureOutage({ learn, keep, startedAt }: Kit, { service }: Pick<DatabasePlan, 'service'>): Promise<void> {
  const outage = () => probes.customersOutage({ service, since: startedAt });
  const seen = await learn('Ask how long customers waited', outage, ({ totalMs }) => duration(totalMs));
  if (seen) keep('outage', seen);
}
