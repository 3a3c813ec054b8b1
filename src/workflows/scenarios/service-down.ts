import { runbook, type RunResult } from '../kit/runbook.ts';
import type { Scenario } from '../plans/scenario-plan.ts';
import { firstLook } from '../procedures/care/first-look.ts';
import { handOverOrAsk } from '../procedures/care/hand-over.ts';
import { proveWell } from '../procedures/care/prove-well.ts';
import { bringReleaseBack, giveMemory, isOver, restartOnce, runMore } from '../procedures/service/remedies.ts';

/**
 * A service is down: look from outside and inside, keep what a restart would destroy, then one remedy at a time, each only when it fits.
 * Source: iot-anomaly "1. System Completely Down"; pynomaly-aws "System Down"; observer-coordinator "For Application Downtime"; ml-platform "Critical (P0)".
 */
export async function serviceDown(plan: Scenario): Promise<RunResult> {
  const { service, region } = plan;

  return runbook(plan, { title: `${service} is down in ${region}`, leases: plan.leases }, async (kit) => {
    const seen = await firstLook(kit, plan);

    const helped =
      (await isOver(kit, plan, seen)) ||
      (await restartOnce(kit, plan, seen)) ||
      (await giveMemory(kit, plan, seen)) ||
      (await bringReleaseBack(kit, plan, seen)) ||
      (await runMore(kit, plan, seen));
    if (!helped) await handOverOrAsk(kit, plan, seen);

    await proveWell(kit, plan);
  });
}
