import type { RunResult } from '../kit/runbook.ts';
import type { Scenario } from '../plans/scenario-plan.ts';
import { dependenciesAreWell } from '../procedures/service/dependencies.ts';
import { growInStages } from '../procedures/capacity/grow-in-stages.ts';
import { scenario } from '../procedures/care/scenario.ts';
import { relieve } from '../procedures/service/relieve.ts';

/**
 * More comes in than the service can take: shed load by measures that end by themselves, then come back in stages, with a look at each.
 * Source: pynomaly-kubernetes "Traffic Management" and "Gradual Traffic Restoration" (2, then 5 replicas).
 */
export function trafficOverload(plan: Scenario): Promise<RunResult> {
  const { service, region } = plan;

  return scenario(plan, `${service} is overloaded in ${region}`, async (kit, seen) => {
    const shed = (await relieve(kit, plan, seen, 'rate-limit')) || (await relieve(kit, plan, seen, 'maintenance-page'));
    const well = await dependenciesAreWell(kit, plan);

    const grown = well && (await growInStages(kit, plan, seen));
    return shed || grown;
  });
}
