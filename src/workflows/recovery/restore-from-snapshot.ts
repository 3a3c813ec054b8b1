import { assessSnapshot, snapshotPreflight } from '../facts/assess-snapshot.ts';
import { runbook, type RunResult } from '../kit/runbook.ts';
import { directionOf, leasesOf } from '../plans/plan.ts';
import type { SnapshotRestore } from '../plans/snapshot-plan.ts';
import { approvalOver } from '../procedures/approval.ts';
import { chooseSnapshot, sayChosen } from '../procedures/restore/choose-snapshot.ts';
import { freezeRegion, giveScalingBack, thawRegion, warmUp } from '../procedures/capacity/compute.ts';
import { startConsumers, stopConsumers } from '../procedures/traffic/consumers.ts';
import { watchCustomers } from '../procedures/evidence/customers.ts';
import { fenceOldPrimary } from '../procedures/database/fence.ts';
import { moveTraffic } from '../procedures/traffic/move.ts';
import { sayCapacity } from '../procedures/region/preflight.ts';
import { protectNewPrimary } from '../procedures/database/protect.ts';
import { checkLoss, measureRestored, giveItsName, restoreSnapshotBeside } from '../procedures/restore/from-snapshot.ts';
import { warmCaches } from '../procedures/traffic/warm-caches.ts';
import { toItsDatabase } from '../procedures/traffic/pointer.ts';
import { proveService } from '../procedures/service/prove.ts';
import { postgres } from '../tools.ts';
import { workloadOf } from '../ports/workload.ts';

/**
 * A region is lost and no replica can be used: bring the database back in the other region from its newest usable snapshot, then the customers.
 * Source: ml-platform runbook, "Complete Region Failure", step 3 "Data Recovery"; what differs is in docs/where-we-differ.md.
 */
export async function restoreFromSnapshot(plan: SnapshotRestore): Promise<RunResult> {
  const { service, database, from, to, capacity, protection, instance } = plan;
  const load = workloadOf(plan.compute?.platform);
  const title = `Bring ${service} back in ${to} from a snapshot`;

  return runbook(plan, { title, leases: leasesOf(plan), direction: directionOf(plan) }, async (kit) => {
    const { phase, step, check, measure, gate, parallel, keep } = kit;
    keep('targets', plan.targets);

    phase('Assess');
    const chosen = await measure(`Choose the newest usable snapshot in ${to}`, () => chooseSnapshot(plan), sayChosen);
    keep('snapshot', { id: chosen.id, createdAt: chosen.createdAt });
    await check(`Check that ${to} can take it`, () => snapshotPreflight(plan, chosen));
    const standby = await measure(`Remember ${to} as it is`, () => load.readCapacity({ service, region: to }), sayCapacity);
    const facts = () => assessSnapshot(plan, chosen);

    phase('Decide');
    const forGood = 'Customers write to the restored database from then on: orders that only the lost region has cannot be joined to it';
    const { whileDeciding, whenApproved } = await warmUp(kit, plan, standby);
    const [approved, restored] = await parallel(
      () => gate(`Go on with ${service} in ${to} on the snapshot of ${chosen.createdAt}?`, approvalOver(plan, facts, forGood)),
      () => restoreSnapshotBeside(kit, plan, chosen),
      whileDeciding,
    );
    await whenApproved();
    await freezeRegion(kit, plan, standby);

    phase('Fence');
    const apart = await stopConsumers(kit, plan);
    const fencedAt = await fenceOldPrimary(kit, plan, approved, facts);
    await checkLoss(kit, plan, chosen, { restored, approved, facts });

    phase('Cut over');
    await giveItsName(kit, plan, restored);
    // The setting of a fence is data, and may have come along with the snapshot.
    await step(`Open ${instance} to writers`, async () => restored.endpoint && postgres.unfenceDatabase({ database, region: to }));
    await step(`Point ${service} at it`, () => toItsDatabase(plan), { pointOfNoReturn: true });

    phase('Verify');
    await step(`Wait for ${capacity} healthy targets in ${to}`, () => load.awaitHealthy({ service, region: to, count: capacity }));
    await warmCaches(kit, plan);
    await proveService(kit, plan, { region: to });

    phase('Move the traffic');
    await moveTraffic(kit, plan, fencedAt !== undefined);
    await startConsumers(kit, plan, apart, fencedAt !== undefined);
    await giveScalingBack(kit, plan, standby);
    await watchCustomers(kit, plan);

    phase('Measure and protect');
    await measureRestored(kit, plan, chosen);
    await protectNewPrimary(kit, { database, region: to, protection });
    await thawRegion(kit, plan, standby);
    keep('replica', { region: null, why: `${from} is lost: fail-back-region builds one when it is well again` });
  });
}
