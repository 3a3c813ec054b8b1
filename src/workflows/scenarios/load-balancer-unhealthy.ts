import type { RunResult } from '../kit/runbook.ts';
import type { Scenario } from '../plans/scenario-plan.ts';
import { scenario } from '../procedures/care/scenario.ts';
import { bringReleaseBack, isOver, runMore } from '../procedures/service/remedies.ts';
import { readTargets, registerLost } from '../procedures/traffic/targets.ts';

/**
 * A load balancer sends requests to too few instances, or to none: read each target with its reason, bring back what was lost from the list,
 * and add instances only when those that are there are well.
 * Source: pynomaly-aws "Load Balancer Issues" and "Auto Scaling Response".
 */
export function loadBalancerUnhealthy(plan: Scenario): Promise<RunResult> {
  const { service, region } = plan;

  return scenario(plan, `The load balancer of ${service} finds no healthy instance in ${region}`, async (kit, seen) => {
    const targets = await readTargets(kit, plan);

    return (
      (await isOver(kit, plan, seen)) ||
      (await registerLost(kit, plan, seen, targets)) ||
      (await bringReleaseBack(kit, plan, seen)) ||
      (await runMore(kit, plan, seen))
    );
  });
}
