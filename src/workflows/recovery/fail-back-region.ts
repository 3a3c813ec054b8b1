import { runbook, type RunResult } from '../kit/runbook.ts';
import { approvalOf } from '../procedures/approval.ts';
import { checkLag, fenceOldPrimary } from '../procedures/fence.ts';
import { measureResult } from '../procedures/measure-result.ts';
import { moveTraffic, watchCustomers } from '../procedures/move-traffic.ts';
import { directionOf, leasesOf, type RegionMove } from '../procedures/plan.ts';
import { preflight, sayCapacity } from '../procedures/preflight.ts';
import { rebuildReplica } from '../procedures/rebuild-replica.ts';
import { autoscaling, loadBalancer, postgres, probes, rds, route53 } from '../tools.ts';

/**
 * The lost region is well again: rebuild its database from today's primary, wait until it has caught up, and only then switch over.
 * A path of its own, never automatic. Source: none of the runbooks has one; see docs/where-we-differ.md.
 */
export async function failBackRegion(plan: RegionMove): Promise<RunResult> {
  const { service, database, from, to, capacity } = plan;
  const title = `Bring ${service} back from ${from} to ${to}`;

  return runbook(plan, { title, leases: leasesOf(plan), direction: directionOf(plan) }, async (kit) => {
    const { phase, step, check, measure, gate, parallel, keep } = kit;
    keep('targets', plan.targets);

    phase('Rebuild replication in reverse');
    await rebuildReplica(kit, plan, { region: to, of: from, ask: true });

    phase('Assess');
    await check(`Check that ${to} can take over`, () => preflight(plan));
    const returned = await measure(`Remember ${to} as it is`, () => autoscaling.readCapacity({ service, region: to }), sayCapacity);

    phase('Decide');
    const [approved] = await parallel(
      () =>
        gate(
          `Switch ${service} back to ${to}?`,
          approvalOf(plan, `The promotion of the database in ${to}: the way back is another failover`),
        ),
      () =>
        step(`Warm ${to} to ${capacity} instances`, () => autoscaling.setCapacity({ service, region: to, desired: capacity }), {
          undo: () => autoscaling.setCapacity({ service, region: to, desired: returned.desired }),
        }),
    );

    phase('Fence');
    await fenceOldPrimary(kit, plan, approved);
    await checkLag(kit, plan, approved);

    phase('Promote');
    await step(`Promote the database in ${to}`, () => rds.promoteDatabase({ database, region: to }), { pointOfNoReturn: true });
    await step('Lift the fence from the new primary', () => postgres.unfenceDatabase({ database, region: to }));
    await step(`Point ${service} at the new primary`, () => route53.pointDatabaseRecord({ database, region: to }));

    phase('Verify');
    await step(`Wait for ${capacity} healthy targets in ${to}`, () =>
      loadBalancer.awaitHealthyTargets({ service, region: to, count: capacity }),
    );
    await step(`Prove a write and a read in ${to}`, () => probes.proveOrder({ service, region: to }));

    phase('Move the traffic');
    await moveTraffic(kit, plan);
    await watchCustomers(kit, plan);

    phase('Measure and protect');
    await measureResult(kit, plan);
    await step('Turn backups of the new primary on', () => rds.protectDatabase({ database, region: to }));
    await rebuildReplica(kit, plan, { region: from, of: to, ask: false });
  });
}
