import { runbook, type RunResult } from '../kit/runbook.ts';
import type { Scenario } from '../plans/scenario-plan.ts';
import { firstLook } from '../procedures/care/first-look.ts';
import { handOverOrAsk } from '../procedures/care/hand-over.ts';
import { proveWell } from '../procedures/care/prove-well.ts';
import { bringReleaseBack, giveMemory, isOver, restartOnce } from '../procedures/service/remedies.ts';

/**
 * An application has crashed: why is asked before it is started again, and more room is given by a drop-in file that can be taken back.
 * Source: pynomaly-aws "Scenario 1: Application Crash" (`systemctl edit` and `MemoryLimit` there).
 */
export async function applicationCrashed(plan: Scenario): Promise<RunResult> {
  const { service, region } = plan;

  return runbook(plan, { title: `${service} has crashed in ${region}`, leases: plan.leases }, async (kit) => {
    const seen = await firstLook(kit, plan);

    const helped =
      (await isOver(kit, plan, seen)) ||
      (await giveMemory(kit, plan, seen)) ||
      (await restartOnce(kit, plan, seen)) ||
      (await bringReleaseBack(kit, plan, seen));
    if (!helped) await handOverOrAsk(kit, plan, seen);

    await proveWell(kit, plan);
  });
}
