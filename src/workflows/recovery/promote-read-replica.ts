import { ApplicationFailure } from '@temporalio/workflow';
import { assessReplica, replicaProblems, seenWellFact } from '../facts/assess-replica.ts';
import { factOf } from '../facts/facts.ts';
import { Failure } from '../failures.ts';
import { runbook, type RunResult } from '../kit/runbook.ts';
import type { ReplicaPromotion } from '../plans/plan.ts';
import { approvalOver } from '../procedures/approval.ts';
import { watchCustomers } from '../procedures/evidence/customers.ts';
import { drainOldPrimary } from '../procedures/database/drain.ts';
import { checkLag, fenceOldPrimary } from '../procedures/database/fence.ts';
import { measureResult } from '../procedures/evidence/measure-result.ts';
import { protectNewPrimary, replaceOldPrimary } from '../procedures/database/protect.ts';
import { pointFromAfar } from '../procedures/traffic/pointer.ts';
import { proveService } from '../procedures/service/prove.ts';
import { postgres, rds } from '../tools.ts';

/**
 * A database's primary is dead or bad while the service in its region lives: promote the replica of another region, and point the service at it.
 * Source: ml-platform runbook, "Mitigation Strategies", step 3; the order differs from it, see docs/where-we-differ.md.
 */
export async function promoteReadReplica(plan: ReplicaPromotion): Promise<RunResult> {
  const { database, to, planned, protection } = plan;
  const title = `Make the replica of ${database} in ${to} the primary`;
  const facts = () => assessReplica(plan);

  return runbook(plan, { title, leases: [`database/${database}`] }, async (kit) => {
    const { phase, step, check, gate, keep } = kit;
    keep('targets', plan.targets);

    phase('Assess');
    await check(`Check that the replica in ${to} can be promoted`, async () => {
      const wrong = await replicaProblems(plan);
      if (wrong.length > 0) throw ApplicationFailure.nonRetryable(wrong.join('; '), Failure.Permanent);
    });

    phase('Decide');
    const forGood = `The promotion of the replica in ${to}: it can never follow again`;
    const approved = await gate(`Make the replica of ${database} in ${to} the primary?`, approvalOver(plan, facts, forGood));

    phase('Fence');
    await step(`Wait until no backup holds the replica in ${to}`, () => rds.awaitPromotable({ database, region: to }));
    const lsn = await fenceOldPrimary(kit, plan, approved, facts);
    const whole = lsn !== undefined && (planned || (await drainOldPrimary(kit, plan, lsn)));
    await checkLag(kit, plan, approved, facts);

    phase('Promote');
    await step(`Promote the replica in ${to}`, () => rds.promoteDatabase({ database, region: to }), { pointOfNoReturn: true });
    await step('Lift the fence from the new primary', () => postgres.unfenceDatabase({ database, region: to }));
    await pointFromAfar(kit, plan);

    phase('Verify');
    // The service stays where it is: in a region that looks well from nowhere, nothing that this run could do would make it so.
    await proveService(kit, plan, { goesOn: factOf(approved, seenWellFact)?.value === 0 });
    // It takes writes by now, and what protects it waits for no reading.
    await watchCustomers(kit, plan, { goesOn: true });

    phase('Measure and protect');
    await measureResult(kit, plan);
    await protectNewPrimary(kit, { database, region: to, protection });
    await replaceOldPrimary(kit, plan, { ask: !whole });
  });
}
