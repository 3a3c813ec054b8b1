import { runbook, type RunResult } from '../kit/runbook.ts';
import type { Scenario } from '../plans/scenario-plan.ts';
import { dependenciesAreWell } from '../procedures/service/dependencies.ts';
import { firstLook } from '../procedures/care/first-look.ts';
import { growInStages } from '../procedures/capacity/grow-in-stages.ts';
import { handOverOrAsk } from '../procedures/care/hand-over.ts';
import { proveWell } from '../procedures/care/prove-well.ts';
import { relieve } from '../procedures/service/relieve.ts';

/**
 * More comes in than the service can take: shed load by measures that end by themselves, then come back in stages, with a look at each.
 * Source: pynomaly-kubernetes "Traffic Management" and "Gradual Traffic Restoration" (2, then 5 replicas).
 */
export async function trafficOverload(plan: Scenario): Promise<RunResult> {
  const { service, region } = plan;

  return runbook(plan, { title: `${service} is overloaded in ${region}`, leases: plan.leases }, async (kit) => {
    const seen = await firstLook(kit, plan);
    const shed = (await relieve(kit, plan, seen, 'rate-limit')) || (await relieve(kit, plan, seen, 'maintenance-page'));
    const well = await dependenciesAreWell(kit, plan);

    const grown = well && (await growInStages(kit, plan, seen));
    if (!shed && !grown) await handOverOrAsk(kit, plan, seen);

    await proveWell(kit, plan);
  });
}
