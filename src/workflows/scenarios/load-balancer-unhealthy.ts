import { runbook, type RunResult } from '../kit/runbook.ts';
import type { Scenario } from '../plans/scenario-plan.ts';
import { firstLook } from '../procedures/care/first-look.ts';
import { handOverOrAsk } from '../procedures/care/hand-over.ts';
import { proveWell } from '../procedures/care/prove-well.ts';
import { bringReleaseBack, isOver, runMore } from '../procedures/service/remedies.ts';
import { readTargets, registerLost } from '../procedures/traffic/targets.ts';

/**
 * A load balancer sends requests to too few instances, or to none: read each target with its reason, bring back what was lost from the list,
 * and add instances only when those that are there are well.
 * Source: pynomaly-aws "Load Balancer Issues" and "Auto Scaling Response".
 */
export async function loadBalancerUnhealthy(plan: Scenario): Promise<RunResult> {
  const { service, region } = plan;

  return runbook(
    plan,
    { title: `The load balancer of ${service} finds no healthy instance in ${region}`, leases: plan.leases },
    async (kit) => {
      const seen = await firstLook(kit, plan);
      const targets = await readTargets(kit, plan);

      const helped =
        (await isOver(kit, plan, seen)) ||
        (await registerLost(kit, plan, seen, targets)) ||
        (await bringReleaseBack(kit, plan, seen)) ||
        (await runMore(kit, plan, seen));
      if (!helped) await handOverOrAsk(kit, plan, seen);

      await proveWell(kit, plan);
    },
  );
}
