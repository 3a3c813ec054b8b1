import type { RunResult } from '../kit/runbook.ts';
import type { Scenario } from '../plans/scenario-plan.ts';
import { crashOf, keepLastWords } from '../procedures/service/crash.ts';
import { scenario } from '../procedures/care/scenario.ts';
import { bringReleaseBack, giveMemory, isOver } from '../procedures/service/remedies.ts';
import { replacePod } from '../procedures/service/replace-pod.ts';

/**
 * Pods crash again and again: keep the last words of the worst one, and do what its last exit asks for, not what is done always.
 * Source: pynomaly-kubernetes "Scenario 1: Application Pods Crashing".
 */
export function podsCrashLooping(plan: Scenario): Promise<RunResult> {
  const { service, region } = plan;

  return scenario(plan, `Pods of ${service} crash in ${region}`, async (kit, seen) => {
    const crash = crashOf(seen);
    await keepLastWords(kit, plan, crash);

    return (
      (await isOver(kit, plan, seen)) ||
      (crash.by === 'memory' && (await giveMemory(kit, plan, seen))) ||
      // What cannot be pulled or configured does not get better by another pod.
      (crash.by === 'itself' && crash.alone && (await replacePod(kit, plan, seen, crash))) ||
      (await bringReleaseBack(kit, plan, seen))
    );
  });
}
