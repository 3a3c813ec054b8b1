import { runbook, type RunResult } from '../kit/runbook.ts';
import { databaseLease, nameBeside, runMark, targetOf, type RestoreToTime } from '../plans/restore-plan.ts';
import { chooseTime } from '../procedures/restore/choose-time.ts';
import { factsOfCopy, warmAndExamine } from '../procedures/restore/compare-copy.ts';
import { holdWrites, openToCustomers, protectAgain, stopWrites, swapNames, whereToRead } from '../procedures/restore/cut-over.ts';
import { cutOverGate } from '../procedures/restore/cut-over-gate.ts';
import { lostWrites, mayLose } from '../procedures/restore/lost-writes.ts';
import { restoreBeside } from '../procedures/restore/beside.ts';
import { rds } from '../tools.ts';

/**
 * Data was lost or spoilt: restore the database as of a moment before beside the old one, look at it, and let it take over; the old one is kept.
 * Source: ml-platform runbook, "Mitigation Strategies" step 3 and "Database Corruption" step 3; what differs is in docs/where-we-differ.md.
 */
export async function restoreDatabaseToPointInTime(plan: RestoreToTime): Promise<RunResult> {
  const { database, region, instance, fenced = false } = plan;
  const title = `Restore ${database} in ${region} to a point in time`;

  return runbook(plan, { title, leases: databaseLease(plan) }, async (kit) => {
    const { phase, step, gate, keep } = kit;
    const target = targetOf(plan);
    const aside = nameBeside(plan, 'aside');
    keep('targets', plan.targets);

    phase('Choose the time');
    // Whoever handed over has stopped the writers; if this run goes back, they must be let in again.
    const stopped = fenced ? await stopWrites(kit, plan) : undefined;
    const at = await chooseTime(kit, plan);
    await lostWrites(kit, plan, { at });

    phase('Restore beside the old one');
    const label = `before-restore-${runMark()}`;
    if (!fenced) await step('Take a snapshot of the database as it is', () => rds.snapshotDatabase({ database, region, label }));
    const endpoint = await restoreBeside(kit, plan, { instance: target, at });
    const copy = { at, instance: target, endpoint };
    const held = await warmAndExamine(kit, plan, copy);

    phase('Decide');
    const forGood = 'Customers write to the restored database from then on: the way back is a runbook of its own';
    const facts = () => factsOfCopy(plan, copy);
    const approved = await gate(`Let the restored database, as of ${at}, take over from ${instance}?`, cutOverGate(plan, facts, forGood));

    phase('Cut over');
    await holdWrites(kit, plan, target, endpoint);
    const { closedAt } = stopped ?? (await stopWrites(kit, plan));
    const loss = { at, without: endpoint };
    await mayLose(kit, plan, { lost: await lostWrites(kit, plan, loss), approved, loss });
    await swapNames(kit, plan, { aside, takesOver: target, timeline: held?.timeline ?? null });

    phase('Verify');
    await openToCustomers(kit, plan, closedAt);

    phase('Protect');
    await protectAgain(kit, plan);
    keep('oldDatabase', await whereToRead(kit, plan, aside));
  });
}
