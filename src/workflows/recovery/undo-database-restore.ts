import { runbook, type RunResult } from '../kit/runbook.ts';
import { databaseLease, nameBeside, type UndoRestore } from '../plans/restore-plan.ts';
import { openToCustomers, protectAgain, stopWrites, swapNames, whereToRead } from '../procedures/restore/cut-over.ts';
import { cutOverGate } from '../procedures/restore/cut-over-gate.ts';
import { lostWrites, mayLose } from '../procedures/restore/lost-writes.ts';
import { factsOfOld, findSetAside } from '../procedures/restore/put-back.ts';

/**
 * A restored database took over and should not have: put the one that was set aside back; the restored one is kept in its turn.
 * Source: none of the runbooks has one; see docs/where-we-differ.md.
 */
export async function undoDatabaseRestore(plan: UndoRestore): Promise<RunResult> {
  const { database, region, instance, aside } = plan;
  const title = `Put ${aside} back as ${database} in ${region}`;

  return runbook(plan, { title, leases: databaseLease(plan) }, async (kit) => {
    const { phase, gate, keep } = kit;
    const setAside = nameBeside(plan, 'undone');
    keep('targets', plan.targets);

    phase('Assess');
    const old = await findSetAside(kit, plan);
    await lostWrites(kit, plan, old.loss);

    phase('Decide');
    const forGood = 'Customers write to the old database from then on: what only the restored one has is kept beside it';
    const facts = () => factsOfOld(plan, old);
    const approved = await gate(`Let ${aside} take over from ${instance} again?`, cutOverGate(plan, facts, forGood));

    phase('Cut over');
    const { closedAt } = await stopWrites(kit, plan);
    const lost = await lostWrites(kit, plan, old.loss);
    await mayLose(kit, plan, { lost, approved, loss: old.loss });
    await swapNames(kit, plan, { aside: setAside, takesOver: aside, timeline: old.state.timeline });

    phase('Verify');
    await openToCustomers(kit, plan, closedAt);

    phase('Protect');
    await protectAgain(kit, plan);
    keep('restoredDatabase', await whereToRead(kit, plan, setAside));
  });
}
