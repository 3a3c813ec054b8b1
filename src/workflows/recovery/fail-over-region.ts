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
 * A region is lost, or is left on purpose: promote the standby's database, move the customers, prove it with a write.
 * Source: ml-platform runbook, "Complete Region Failure"; the order differs from it, see docs/where-we-differ.md.
 */
export async function failOverRegion(plan: RegionMove): Promise<RunResult> {
  const { service, database, from, to, capacity } = plan;
  const title = `Fail ${service} over from ${from} to ${to}`;

  return runbook(plan, { title, leases: leasesOf(plan), direction: directionOf(plan) }, async (kit) => {
    const { phase, step, check, measure, gate, parallel, keep } = kit;
    keep('targets', plan.targets);

    phase('Assess');
    await check(`Check that ${to} can take over`, () => preflight(plan));
    const standby = await measure(`Remember ${to} as it is`, () => autoscaling.readCapacity({ service, region: to }), sayCapacity);

    phase('Decide');
    const [approved] = await parallel(
      () => gate(`Fail ${service} over to ${to}?`, approvalOf(plan, `The promotion of the database in ${to}: the way back is a failback`)),
      () =>
        step(`Warm ${to} to ${capacity} instances`, () => autoscaling.setCapacity({ service, region: to, desired: capacity }), {
          undo: () => autoscaling.setCapacity({ service, region: to, desired: standby.desired }),
        }),
    );
    await step(`Freeze automatic scaling in ${to}`, () => autoscaling.suspendScaling({ service, region: to }), {
      undo: () => autoscaling.resumeScaling({ service, region: to }),
    });

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
    await step(`Allow automatic scaling in ${to} again`, () => autoscaling.resumeScaling({ service, region: to }));
    if (plan.planned) await rebuildReplica(kit, plan, { region: from, of: to, ask: false });
  });
}
