import type { Kit } from '../../kit/kit.ts';
import type { RegionMove } from '../../plans/plan.ts';
import { probes, route53, traffic as ways } from '../../tools.ts';

/**
 * Moves customers to the new region by the way that the plan names: in stages with records, all at once with the others.
 * A planned move whose old primary is not `fenced` has no stages either: what customers still write there would be lost.
 */
export async function moveTraffic(kit: Kit, planned: RegionMove, fenced: boolean): Promise<void> {
  const whole = planned.planned && !fenced;
  const move = whole ? { ...planned, traffic: { ...planned.traffic, stages: [100] } } : planned;
  const { trafficBy = 'route53-records' } = move;
  await (trafficBy === 'route53-records' ? moveByRecords(kit, move) : moveAtOnce(kit, move));
}

/** Moves customers in stages, and goes on only while their requests succeed in the new region. */
async function moveByRecords({ step, watch }: Kit, { service, dns, from, to, traffic }: RegionMove): Promise<void> {
  for (const share of traffic.stages) {
    // lint-allow global-control-plane: the environment chose records; with switches or routing controls nothing asks Route 53
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

/** Health checks answer yes or no, so there are no stages; no call to Route 53 is made. */
async function moveAtOnce({ step, check, rest }: Kit, { service, dns, to, trafficBy, dnsTtlMs = 60_000 }: RegionMove): Promise<void> {
  await (trafficBy === 'arc-routing-control'
    ? step(`Turn the routing controls: all traffic to ${to}`, () => ways.setRoutingControls({ service, dns, to }))
    : step(`Turn the switches that Route 53's health checkers watch: all traffic to ${to}`, () =>
        ways.turnTrafficSwitches({ service, dns, to }),
      ));
  await check(`Wait until customers come to ${to}`, () => ways.awaitArrivals({ service, dns, region: to }));
  await rest('Let the old DNS answers run out', dnsTtlMs);
}
