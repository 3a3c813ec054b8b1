import { runbook, type RunResult } from '../kit/runbook.ts';
import type { Scenario } from '../plans/scenario-plan.ts';
import { crashOf, keepLastWords } from '../procedures/service/crash.ts';
import { firstLook } from '../procedures/care/first-look.ts';
import { handOverOrAsk } from '../procedures/care/hand-over.ts';
import { proveWell } from '../procedures/care/prove-well.ts';
import { bringReleaseBack, giveMemory, isOver } from '../procedures/service/remedies.ts';
import { replacePod } from '../procedures/service/replace-pod.ts';

/**
 * Pods crash again and again: keep the last words of the worst one, and do what its last exit asks for, not what is done always.
 * Source: pynomaly-kubernetes "Scenario 1: Application Pods Crashing".
 */
export async function podsCrashLooping(plan: Scenario): Promise<RunResult> {
  const { service, region } = plan;

  return runbook(plan, { title: `Pods of ${service} crash in ${region}`, leases: plan.leases }, async (kit) => {
    const seen = await firstLook(kit, plan);
    const crash = crashOf(seen);
    await keepLastWords(kit, plan, crash);

    const helped =
      (await isOver(kit, plan, seen)) ||
      (crash.by === 'memory' && (await giveMemory(kit, plan, seen))) ||
      // What cannot be pulled or configured does not get better by another pod.
      (crash.by === 'itself' && crash.alone && (await replacePod(kit, plan, seen, crash))) ||
      (await bringReleaseBack(kit, plan, seen));
    if (!helped) await handOverOrAsk(kit, plan, seen);

    await proveWell(kit, plan);
  });
}
