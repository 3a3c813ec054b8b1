import type { RunResult } from '../kit/runbook.ts';
import type { Scenario } from '../plans/scenario-plan.ts';
import { scenario } from '../procedures/care/scenario.ts';
import { bringReleaseBack, giveMemory, isOver, restartOnce } from '../procedures/service/remedies.ts';

/**
 * An application has crashed: why is asked before it is started again, and more room is given by a drop-in file that can be taken back.
 * Source: pynomaly-aws "Scenario 1: Application Crash" (`systemctl edit` and `MemoryLimit` there).
 */
export function applicationCrashed(plan: Scenario): Promise<RunResult> {
  const { service, region } = plan;

  return scenario(plan, `${service} has crashed in ${region}`, async (kit, seen) => {
    return (
      (await isOver(kit, plan, seen)) ||
      (await giveMemory(kit, plan, seen)) ||
      (await restartOnce(kit, plan, seen)) ||
      (await bringReleaseBack(kit, plan, seen))
    );
  });
}
