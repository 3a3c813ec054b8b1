import { runbook, type RunResult } from '../kit/runbook.ts';
import type { NodeScenario } from '../plans/scenario-plan.ts';
import { firstLook } from '../procedures/care/first-look.ts';
import { handOverOrAsk } from '../procedures/care/hand-over.ts';
import { chooseNode, cordon, drain } from '../procedures/capacity/nodes.ts';
import { proveWell } from '../procedures/care/prove-well.ts';
import { isOver } from '../procedures/service/remedies.ts';

/**
 * A node is not well: keep new pods away from it, then move what runs there, as the disruption budgets allow. Nothing is forced.
 * Source: pynomaly-kubernetes "Immediate Containment", infrastructure (`drain --force` there).
 */
export async function nodeUnhealthy(plan: NodeScenario): Promise<RunResult> {
  const { service, region } = plan;

  return runbook(plan, { title: `A node of ${service} is not well in ${region}`, leases: plan.leases }, async (kit) => {
    const seen = await firstLook(kit, plan);
    const node = await chooseNode(kit, plan);

    const left = node !== null && (await cordon(kit, plan, seen, node)) && (await drain(kit, plan, seen, node));
    if (!left && !(await isOver(kit, plan, seen))) await handOverOrAsk(kit, plan, seen);

    await proveWell(kit, plan);
  });
}
