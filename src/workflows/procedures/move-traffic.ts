import type { Kit } from '../kit/kit.ts';
import { probes, route53 } from '../tools.ts';
import type { RegionMove } from './plan.ts';

/** Moves customers in stages, and goes on only while their requests succeed in the new region. */
export async function moveTraffic({ step, watch }: Kit, { service, dns, from, to, traffic }: RegionMove): Promise<void> {
  for (const share of traffic.stages) {
    await step(`Send ${share} % of the traffic to ${to}`, () =>
      route53.shiftTraffic({ dns, weights: { [from]: 100 - share, [to]: share } }),
    );
    if (share === 100) break;
    await watch(`Watch ${to} under ${share} % of the traffic`, {
      read: () => probes.observeService({ service, region: to, forMs: traffic.stageForMs, everyMs: 200 }),
      holds: ({ errorRate }) => errorRate <= traffic.errorRate,
    });
  }
  await step('Let the old DNS answers run out', () => route53.awaitOldAnswers({ dns }));
}

/** Every reading as a customer sees the service, for a while, must be good. */
export async function watchCustomers({ watch }: Kit, { service, traffic }: RegionMove): Promise<void> {
  await watch('Watch the service as customers see it', {
    read: () => probes.observeService({ service, forMs: traffic.watchForMs, everyMs: 250 }),
    holds: ({ errorRate }) => errorRate <= traffic.errorRate,
  });
}
