import { approvalOfCall, chooseCall } from '../facts/cluster-facts.ts';
import { runbook, type RunResult } from '../kit/runbook.ts';
import { targetOf, type ClusterPlan } from '../plans/cluster-plan.ts';
import { watchCustomers } from '../procedures/evidence/customers.ts';
import { moveWriter, proveMove } from '../procedures/database/move-writer.ts';

/**
 * The writer of a cluster must be somewhere else: picks the one call that fits engine, topology and health, always with its target,
 * and proves with a write that the target is the writer.
 * Source: pynomaly-aws runbook, "Database Recovery"; its call has no target, see docs/where-we-differ.md.
 */
export async function failOverDatabaseCluster(plan: ClusterPlan): Promise<RunResult> {
  const { cluster, service } = plan;
  const to = targetOf(plan);
  const title = `Move the writer of ${cluster} to ${to}`;

  return runbook(plan, { title, leases: [`cluster/${cluster}`] }, async (kit) => {
    const { phase, measure, gate, keep } = kit;
    keep('targets', plan.targets);

    phase('Assess');
    const seen = await measure(
      'Pick the call by engine, topology and health',
      () => chooseCall(plan),
      ({ says }) => says,
    );
    if (seen.call === 'none') {
      keep('call', seen.says);
      return proveMove(kit, plan, seen);
    }

    phase('Decide');
    const approved = await gate(`Move the writer of ${cluster} to ${to}?`, approvalOfCall(plan));
    const chosen = await measure(
      'Look once more that it is the call that was approved',
      () => chooseCall(plan, approved),
      ({ says }) => says,
    );
    keep('call', chosen.says);

    phase('Move the writer');
    if (chosen.call !== 'none') await moveWriter(kit, plan, chosen);

    phase('Prove');
    await proveMove(kit, plan, chosen);
    if (service !== null) await watchCustomers(kit, { service, watch: plan.watch });
  });
}
