import { ApplicationFailure } from '@temporalio/workflow';
import { damageGate } from '../facts/damage-facts.ts';
import { Failure } from '../failures.ts';
import { runbook, type RunResult } from '../kit/runbook.ts';
import { databaseLease } from '../plans/restore-plan.ts';
import type { RecoverCorruption } from '../procedures/damage/found.ts';
import { decideWay } from '../procedures/damage/decide.ts';
import { keepEvidence, noOtherWriter } from '../procedures/evidence/keep.ts';
import { copyOf, findDamage, restoreEvidence } from '../procedures/damage/look.ts';
import { narrowTimes } from '../procedures/damage/narrow-time.ts';
import { letWritersIn, rebuildIndexes } from '../procedures/damage/repair-indexes.ts';
import { stopIfApproved } from '../procedures/damage/stop-writers.ts';
import { stopWrites } from '../procedures/restore/cut-over.ts';
import { rds } from '../tools.ts';

/**
 * Data may be damaged: keep the evidence, then look, on a copy, while customers go on; find how far it goes, and only then stop, repair, promote or
 * restore.
 * Source: ml-platform runbook, "Database Corruption"; nothing of it that writes to the patient is done, see docs/where-we-differ.md.
 */
export async function recoverCorruptedDatabase(plan: RecoverCorruption): Promise<RunResult> {
  const { prefer, promotions, stopFirst = false, ...restore } = plan;
  const { database, region, otherRegions } = plan;
  const title = `Recover ${database} in ${region} from damaged data`;

  return runbook(plan, { title, leases: databaseLease(plan) }, async (kit) => {
    const { phase, step, check, measure, gate, runs, handOver, parallel, keep } = kit;
    const removeCopy = () => step('Remove the copy again', () => rds.removeInstance({ region, instance: copyOf(plan) }));
    keep('targets', plan.targets);

    phase('Keep');
    await check('Check that no other region takes writes', () => noOtherWriter(plan));
    const { snapshot, lsn } = await keepEvidence(kit, plan);
    let stopped = stopFirst && (await stopIfApproved(kit, plan, 'it is looked at', 'whoever started this run asked for it'));

    phase('Look');
    const endpoint = await restoreEvidence(kit, plan, snapshot);
    const found = await findDamage(kit, plan, { endpoint, lsn });
    keep('corruption', found ? { ...found, snapshot } : { snapshot });
    const window = await measure('Read which times can be restored', () => rds.restoreWindow({ database, region }));

    phase('Decide');
    const decision = decideWay(found, prefer);
    const times = narrowTimes(plan, found, window);
    keep('decision', { ...decision, times });
    const { way, why, indexes, to = otherRegions[0], impossible, sure } = decision;
    await check('Check that what is to be done can be done', async () => {
      if (impossible) throw ApplicationFailure.nonRetryable(`${impossible}: ${why}`, Failure.Permanent);
      return why;
    });
    const ask = (question: string) =>
      parallel(() => gate(question, damageGate(plan, { snapshot, found, decision, times, stopped })), removeCopy);

    phase('Recover');
    if (way === 'restore') {
      await ask(`Take ${database} in ${region} back to a time before the damage?`);
      stopped ||= await stopIfApproved(kit, plan, 'it is restored', why);
      const next = { ...restore, ...times, fenced: stopped };
      const restoring = { workflow: 'restoreDatabaseToPointInTime', title: `Restore ${database} in ${region}`, plan: next };
      await handOver('Hand over to the restore', restoring);
    }
    if (way === 'promote' && to !== undefined) {
      await ask(`Let the replica in ${to} take over from ${region}?`);
      const promotion = { workflow: 'promoteReadReplica', title: `Make the replica of ${database} in ${to} the primary` };
      await runs(`Make the replica in ${to} the primary`, { ...promotion, plan: promotions[to]! });
      return;
    }
    if (way === 'repair') {
      const names = indexes.join(' and ') || 'the damaged indexes';
      await ask(stopped ? `Make ${names} in ${region} anew?` : `Stop the writers of ${database} in ${region}, and make ${names} anew?`);
      if (!stopped) await stopWrites(kit, plan);
      await rebuildIndexes(kit, plan, indexes);
    } else if (sure) await removeCopy();
    else await ask(`Let customers write to ${database}, though not everything could be checked?`);
    if (stopped || way === 'repair') await letWritersIn(kit, plan);
  });
}
