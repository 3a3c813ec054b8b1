import type { RunResult } from '../kit/runbook.ts';
import type { Scenario } from '../plans/scenario-plan.ts';
import { scenario } from '../procedures/care/scenario.ts';
import { bringReleaseBack, giveMemory, isOver, restartOnce, runMore } from '../procedures/service/remedies.ts';

/**
 * A service is down: look from outside and inside, keep what a restart would destroy, then one remedy at a time, each only when it fits.
 * Source: iot-anomaly "1. System Completely Down"; pynomaly-aws "System Down"; observer-coordinator "For Application Downtime"; ml-platform "Critical (P0)".
 */
export function serviceDown(plan: Scenario): Promise<RunResult> {
  const { service, region } = plan;

  return scenario(plan, `${service} is down in ${region}`, async (kit, seen) => {
    return (
      (await isOver(kit, plan, seen)) ||
      (await restartOnce(kit, plan, seen)) ||
      (await giveMemory(kit, plan, seen)) ||
      (await bringReleaseBack(kit, plan, seen)) ||
      (await runMore(kit, plan, seen))
    );
  });
}
