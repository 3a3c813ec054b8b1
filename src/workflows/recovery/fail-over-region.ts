import { assess } from '../facts/assess.ts';
import { runbook, type RunResult } from '../kit/runbook.ts';
import { directionOf, leasesOf, type RegionMove } from '../plans/plan.ts';
import { approvalOf } from '../procedures/approval.ts';
import { freezeRegion, giveScalingBack, thawRegion, warmUp } from '../procedures/capacity/compute.ts';
import { startConsumers, stopConsumers } from '../procedures/traffic/consumers.ts';
import { watchCustomers } from '../procedures/evidence/customers.ts';
import { checkLag, fenceOldPrimary } from '../procedures/database/fence.ts';
import { measureResult } from '../procedures/evidence/measure-result.ts';
import { moveTraffic } from '../procedures/traffic/move.ts';
import { pointLater, pointService } from '../procedures/traffic/pointer.ts';
import { preflight, sayCapacity } from '../procedures/region/preflight.ts';
import { rebuildReplica } from '../procedures/database/rebuild-replica.ts';
import { warmCaches } from '../procedures/traffic/warm-caches.ts';
import { proveService } from '../procedures/service/prove.ts';
import { postgres, rds } from '../tools.ts';
import { workloadOf } from '../ports/workload.ts';

/**
 * A region is lost, or is left on purpose: promote the standby's database, move the customers, prove it with a write.
 * Source: ml-platform runbook, "Complete Region Failure"; the order differs from it, see docs/where-we-differ.md.
 */
export async function failOverRegion(plan: RegionMove): Promise<RunResult> {
  const { service, database, from, to, capacity } = plan;
  const load = workloadOf(plan.compute?.platform);
  const title = `Fail ${service} over from ${from} to ${to}`;

  return runbook(plan, { title, leases: leasesOf(plan), direction: directionOf(plan) }, async (kit) => {
    const { phase, step, check, measure, gate, parallel, keep } = kit;
    keep('targets', plan.targets);

    phase('Assess');
    await check(`Check that ${to} can take over`, () => preflight(plan));
    const standby = await measure(`Remember ${to} as it is`, () => load.readCapacity({ service, region: to }), sayCapacity);

    phase('Decide');
    const forGood = `The promotion of the database in ${to}: the way back is a failback`;
    const { whileDeciding, whenApproved } = await warmUp(kit, plan, standby);
    const [approved] = await parallel(() => gate(`Fail ${service} over to ${to}?`, approvalOf(plan, forGood)), whileDeciding);
    await whenApproved();
    await freezeRegion(kit, plan, standby);

    phase('Fence');
    const apart = await stopConsumers(kit, plan);
    const fencedAt = await fenceOldPrimary(kit, plan, approved, () => assess(plan));
    await checkLag(kit, plan, approved, () => assess(plan));

    phase('Promote');
    await step(`Promote the database in ${to}`, () => rds.promoteDatabase({ database, region: to }), { pointOfNoReturn: true });
    await step('Lift the fence from the new primary', () => postgres.unfenceDatabase({ database, region: to }));
    const pointed = await pointService(kit, plan);

    phase('Verify');
    await step(`Wait for ${capacity} healthy targets in ${to}`, () => load.awaitHealthy({ service, region: to, count: capacity }));
    await warmCaches(kit, plan);
    if (pointed) await proveService(kit, plan, { region: to });

    phase('Move the traffic');
    await moveTraffic(kit, plan, fencedAt !== undefined);
    await startConsumers(kit, plan, apart, fencedAt !== undefined);
    await giveScalingBack(kit, plan, standby);
    if (pointed) await watchCustomers(kit, plan);

    phase('Measure and protect');
    await measureResult(kit, plan);
    await step('Turn backups of the new primary on', () => rds.protectDatabase({ database, region: to }));
    await thawRegion(kit, plan, standby);
    if (!pointed) {
      await pointLater(kit, plan);
      await watchCustomers(kit, plan);
    }
    if (plan.planned) await rebuildReplica(kit, plan, { region: from, of: to, ask: false });
  });
}
