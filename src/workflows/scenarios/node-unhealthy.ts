import type { RunResult } from '../kit/runbook.ts';
import type { NodeScenario } from '../plans/scenario-plan.ts';
import { chooseNode, cordon, drain } from '../procedures/capacity/nodes.ts';
import { scenario } from '../procedures/care/scenario.ts';
import { isOver } from '../procedures/service/remedies.ts';

/**
 * A node is not well: keep new pods away from it, then move what runs there, as the disruption budgets allow. Nothing is forced.
 * Source: pynomaly-kubernetes "Immediate Containment", infrastructure (`drain --force` there).
 */
export function nodeUnhealthy(plan: NodeScenario): Promise<RunResult> {
  const { service, region } = plan;

  return scenario(plan, `A node of ${service} is not well in ${region}`, async (kit, seen) => {
    const node = await chooseNode(kit, plan);

    const left = node !== null && (await cordon(kit, plan, seen, node)) && (await drain(kit, plan, seen, node));
    return left || isOver(kit, plan, seen);
  });
}
