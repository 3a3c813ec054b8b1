import { runbook, type RunResult } from '../kit/runbook.ts';
import type { Scenario } from '../plans/scenario-plan.ts';
import { firstLook } from '../procedures/care/first-look.ts';
import { handOverOrAsk } from '../procedures/care/hand-over.ts';
import { proveWell } from '../procedures/care/prove-well.ts';
import { bringReleaseBack, giveMemory, restartOnce, runMore } from '../procedures/service/remedies.ts';

/**
 * Copies are killed for their memory, or are about to be: evidence first, then room as far as the environment allows, then the release.
 * Source: pynomaly-kubernetes "Scenario 3: High Memory Usage"; iot-anomaly "5. Memory/Resource Exhaustion"; observer-coordinator "High Memory Usage".
 */
export async function memoryExhausted(plan: Scenario): Promise<RunResult> {
  const { service, region } = plan;

  return runbook(plan, { title: `${service} runs out of memory in ${region}`, leases: plan.leases }, async (kit) => {
    const seen = await firstLook(kit, plan);

    const helped =
      (await giveMemory(kit, plan, seen)) ||
      (await bringReleaseBack(kit, plan, seen)) ||
      (await restartOnce(kit, plan, seen)) ||
      (await runMore(kit, plan, seen));
    if (!helped) await handOverOrAsk(kit, plan, seen);

    await proveWell(kit, plan);
  });
}
