import { ApplicationFailure } from '@temporalio/workflow';
import { damageGate } from '../facts/damage-facts.ts';
import { Failure } from '../failures.ts';
import { runbook, type RunResult } from '../kit/runbook.ts';
import { databaseLease } from '../plans/restore-plan.ts';
import type { RecoverCorruption } from '../procedures/damage/found.ts';
import { decideWay } from '../procedures/damage/decide.ts';
import { noOtherWriter, stopAndKeep } from '../procedures/evidence/keep.ts';
import { copyOf, findDamage, restoreEvidence } from '../procedures/damage/look.ts';
import { narrowTimes } from '../procedures/damage/narrow-time.ts';
import { letWritersIn, rebuildIndexes } from '../procedures/damage/repair-indexes.ts';
import { rds } from '../tools.ts';

/**
 * Data may be damaged: stop, keep the evidence, then look, on a copy; find how far it goes, and only then repair, promote or restore.
 * Source: ml-platform runbook, "Database Corruption"; nothing of it that writes to the patient is done, see docs/where-we-differ.md.
 */
export async function recoverCorruptedDatabase(plan: RecoverCorruption): Promise<RunResult> {
  const { prefer, promotions, ...restore } = plan;
  const { database, region, otherRegions } = plan;
  const title = `Recover ${database} in ${region} from damaged data`;

  return runbook(plan, { title, leases: databaseLease(plan) }, async (kit) => {
    const { phase, step, check, measure, gate, runs, handOver, parallel, keep } = kit;
    const removeCopy = () => step('Remove the copy again', () => rds.removeInstance({ region, instance: copyOf(plan) }));
    keep('targets', plan.targets);

    phase('Stop and keep');
    await check('Check that no other region takes writes', () => noOtherWriter(plan));
    const { snapshot, lsn } = await stopAndKeep(kit, plan);

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
    const evidence = { snapshot, found, decision, times };
    const ask = (question: string) => parallel(() => gate(question, damageGate(plan, evidence)), removeCopy);

    phase('Recover');
    if (way === 'restore') {
      await ask(`Take ${database} in ${region} back to a time before the damage?`);
      const next = { ...restore, ...times, fenced: true };
      await handOver('Hand over to the restore', {
        workflow: 'restoreDatabaseToPointInTime',
        title: `Restore ${database} in ${region}`,
        plan: next,
      });
    }
    if (way === 'promote' && to !== undefined) {
      await ask(`Let the replica in ${to} take over from ${region}?`);
      const child = {
        workflow: 'promoteReadReplica',
        title: `Make the replica of ${database} in ${to} the primary`,
        plan: promotions[to]!,
      };
      await runs(`Make the replica in ${to} the primary`, child);
      return;
    }
    if (way === 'repair') {
      await ask(`Make ${indexes.join(' and ') || 'the damaged indexes'} in ${region} anew?`);
      await rebuildIndexes(kit, plan, indexes);
    } else if (sure) await removeCopy();
    else await ask(`Let writers into ${database} again, though not everything could be checked?`);
    await letWritersIn(kit, plan);
  });
}
