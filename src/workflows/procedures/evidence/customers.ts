import type { Kit } from '../../kit/kit.ts';
import type { DatabasePlan, RegionMove } from '../../plans/plan.ts';
import { probes } from '../../tools.ts';
import { duration } from '../../../words/durations.ts';

type Watched = Pick<DatabasePlan, 'service' | 'watch'> | Pick<RegionMove, 'service' | 'traffic'>;

/** Every reading as a customer sees the service, for a while, must be good. */
export async function watchCustomers({ watch }: Kit, plan: Watched): Promise<void> {
  const { service } = plan;
  const { forMs, errorRate: most } = 'watch' in plan ? plan.watch : { ...plan.traffic, forMs: plan.traffic.watchForMs };
  await watch('Watch the service as customers see it', {
    read: () => probes.observeService({ service, forMs, everyMs: 250 }),
    holds: ({ errorRate }) => errorRate <= most,
  });
}

/** Asks how long customers waited, and keeps the answer for the record. */
export async function measureOutage({ learn, keep }: Kit, { service }: Pick<DatabasePlan, 'service'>): Promise<void> {
  const outage = () => probes.customersOutage({ service });
  const seen = await learn('Ask how long customers waited', outage, ({ totalMs }) => duration(totalMs));
  if (seen) keep('outage', seen);
}
