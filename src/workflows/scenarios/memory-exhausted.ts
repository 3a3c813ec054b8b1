import type { RunResult } from '../kit/runbook.ts';
import type { Scenario } from '../plans/scenario-plan.ts';
import { scenario } from '../procedures/care/scenario.ts';
import { bringReleaseBack, giveMemory, restartOnce, runMore } from '../procedures/service/remedies.ts';

/**
 * Copies are killed for their memory, or are about to be: evidence first, then room as far as the environment allows, then the release.
 * Source: pynomaly-kubernetes "Scenario 3: High Memory Usage"; iot-anomaly "5. Memory/Resource Exhaustion"; observer-coordinator "High Memory Usage".
 */
export function memoryExhausted(plan: Scenario): Promise<RunResult> {
  const { service, region } = plan;

  return scenario(plan, `${service} runs out of memory in ${region}`, async (kit, seen) => {
    return (
      (await giveMemory(kit, plan, seen)) ||
      (await bringReleaseBack(kit, plan, seen)) ||
      (await restartOnce(kit, plan, seen)) ||
      (await runMore(kit, plan, seen))
    );
  });
}
