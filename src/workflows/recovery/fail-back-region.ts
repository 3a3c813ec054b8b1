import { assess } from '../facts/assess.ts';
import { runbook, type RunResult } from '../kit/runbook.ts';
import { directionOf, leasesOf, type RegionMove } from '../plans/plan.ts';
import { approvalOf } from '../procedures/approval.ts';
import { giveScalingBack, thawRegion, warmUp } from '../procedures/capacity/compute.ts';
import { startConsumers, stopConsumers } from '../procedures/traffic/consumers.ts';
import { watchCustomers } from '../procedures/evidence/customers.ts';
import { checkLag, fenceOldPrimary } from '../procedures/database/fence.ts';
import { measureResult } from '../procedures/evidence/measure-result.ts';
import { moveTraffic } from '../procedures/traffic/move.ts';
import { preflight, sayCapacity } from '../procedures/region/preflight.ts';
import { rebuildReplica } from '../procedures/database/rebuild-replica.ts';
import { warmCaches } from '../procedures/traffic/warm-caches.ts';
import { pointAt } from '../procedures/traffic/pointer.ts';
import { proveService } from '../procedures/service/prove.ts';
import { postgres, rds } from '../tools.ts';
import { workloadOf } from '../ports/workload.ts';

/**
 * The lost region is well again: rebuild its database from today's primary, wait until it has caught up, and only then switch over.
 * A path of its own, never automatic. Source: none of the runbooks has one; see docs/where-we-differ.md.
 */
export async function failBackRegion(plan: RegionMove): Promise<RunResult> {
  const { service, database, from, to, capacity } = plan;
  const load = workloadOf(plan.compute?.platform);
  const title = `Bring ${service} back from ${from} to ${to}`;

  return runbook(plan, { title, leases: leasesOf(plan), direction: directionOf(plan) }, async (kit) => {
    const { phase, step, check, measure, gate, parallel, keep } = kit;
    keep('targets', plan.targets);

    phase('Rebuild replication in reverse');
    await rebuildReplica(kit, plan, { region: to, of: from, ask: true });

    phase('Assess');
    await check(`Check that ${to} can take over`, () => preflight(plan));
    const returned = await measure(`Remember ${to} as it is`, () => load.readCapacity({ service, region: to }), sayCapacity);

    phase('Decide');
    const forGood = `The promotion of the database in ${to}: the way back is another failover`;
    const { whileDeciding, whenApproved } = await warmUp(kit, plan, returned);
    const [approved] = await parallel(() => gate(`Switch ${service} back to ${to}?`, approvalOf(plan, forGood)), whileDeciding);
    await whenApproved();

    phase('Fence');
    const apart = await stopConsumers(kit, plan);
    const fencedAt = await fenceOldPrimary(kit, plan, approved, () => assess(plan));
    await checkLag(kit, plan, approved, () => assess(plan));

    phase('Promote');
    await step(`Promote the database in ${to}`, () => rds.promoteDatabase({ database, region: to }), { pointOfNoReturn: true });
    await step('Lift the fence from the new primary', () => postgres.unfenceDatabase({ database, region: to }));
    await pointAt(kit, plan);

    phase('Verify');
    await step(`Wait for ${capacity} healthy targets in ${to}`, () => load.awaitHealthy({ service, region: to, count: capacity }));
    await warmCaches(kit, plan);
    await proveService(kit, plan, { region: to });

    phase('Move the traffic');
    await moveTraffic(kit, plan, fencedAt !== undefined);
    await startConsumers(kit, plan, apart, fencedAt !== undefined);
    if (plan.compute) await giveScalingBack(kit, plan, returned);
    await watchCustomers(kit, plan);

    phase('Measure and protect');
    await measureResult(kit, plan);
    await step('Turn backups of the new primary on', () => rds.protectDatabase({ database, region: to }));
    if (plan.compute) await thawRegion(kit, plan, returned);
    await rebuildReplica(kit, plan, { region: from, of: to, ask: false });
  });
}
