import type { RunResult } from '../kit/runbook.ts';
import type { Scenario } from '../plans/scenario-plan.ts';
import { readWays } from '../procedures/service/network.ts';
import { scenario } from '../procedures/care/scenario.ts';
import { isOver, restartOnce } from '../procedures/service/remedies.ts';

/**
 * Requests get lost on their way: read names, rules and ways from both ends before anything is touched. A rule that is in the way is named,
 * and people change it: whoever opens a network in a hurry opens it for everybody.
 * Source: pynomaly-kubernetes "Scenario 4: Network Connectivity Issues"; pynomaly-aws "Scenario 4: Network Connectivity".
 */
export function networkUnreachable(plan: Scenario): Promise<RunResult> {
  const { service, region } = plan;

  return scenario(plan, `${service} cannot be reached in ${region}`, async (kit, seen) => {
    const inTheWay = await readWays(kit, plan);

    return (
      (await isOver(kit, plan, seen)) ||
      // Where a rule is in the way a restart changes nothing.
      (inTheWay.length === 0 && (await restartOnce(kit, plan, seen)))
    );
  });
}
