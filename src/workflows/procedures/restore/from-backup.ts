import { ApplicationFailure } from '@temporalio/workflow';
import type { Backup, BackupLoss } from '../../../activities/postgres/index.ts';
import { judgeLag } from '../../facts/assess.ts';
import { fact } from '../../facts/facts.ts';
import { proofFacts } from '../../facts/proof-facts.ts';
import { Failure } from '../../failures.ts';
import type { Kit } from '../../kit/kit.ts';
import type { Fact } from '../../messages.ts';
import type { DatabasePlan } from '../../plans/plan.ts';
import { backups, postgres } from '../../tools.ts';

/** People may read the facts for so long before the age of a backup counts as another one. */
const ageToleranceMs = 10 * 60_000;

/** A backup is taken, or one is restored; resolved before the start. */
export interface BackupPlan extends DatabasePlan {
  action: 'take' | 'restore';
  /** Name of the backup to restore; the newest one when null. */
  backup: string | null;
}

/** Takes a backup and proves it by restoring it elsewhere. */
export async function takeAndProve({ step, keep }: Kit, { database, region }: BackupPlan): Promise<void> {
  let backup: string | undefined;
  await step(`Back ${database} up`, async () => {
    backup = (await backups.takeBackup({ database, region, label: 'backup' })).backup;
    return backup;
  });
  const taken = backup;
  if (taken === undefined) return;
  keep('backup', taken);
  await step('Prove the backup by restoring it into a database of its own', () =>
    backups.verifyBackup({ database, region, backup: taken }),
  );
}

/** Checks that a restore can work here at all. Throws Permanent when the database is a standby, or does not answer. */
export async function canRestore({ database, region }: BackupPlan): Promise<string> {
  const { reachable, refusal, inRecovery } = await postgres.replicationState({ database, region });
  if (!reachable)
    throw ApplicationFailure.nonRetryable(`${database} in ${region} does not answer: its server must run first`, Failure.Permanent);
  if (refusal !== undefined)
    throw ApplicationFailure.nonRetryable(`${database} in ${region} cannot be read: ${refusal}`, Failure.Permanent);
  if (inRecovery)
    throw ApplicationFailure.nonRetryable(`${database} in ${region} is a standby: restore where its primary is`, Failure.Permanent);
  return 'it answers as a primary';
}

/** What people must know: how old the backup is, and what is there now that it does not have. */
export async function restoreFacts(plan: BackupPlan, { name, verifiedAt, takenAt, bytes }: Backup): Promise<Fact[]> {
  const { database, region, targets } = plan;
  const loss = await backups.backupLoss({ database, region, backup: name });
  const source = `${name} against PostgreSQL in ${region}`;
  return [
    fact.duration('age', 'RPO: age of the backup', loss.ageMs, `taken at ${takenAt}`, {
      tolerance: ageToleranceMs,
      verdict: judgeLag(loss.ageMs, targets.rpoMs),
    }),
    fact.count('writes-after', 'acknowledged writes after the backup, which will be gone', loss.writes, source, {
      informational: true,
      verdict: loss.writes === null ? 'unknown' : loss.writes > 0 ? 'bad' : 'good',
    }),
    fact.words('backup', 'backup', `${name}, ${bytes} bytes`, 'its manifest', { verdict: 'good' }),
    fact.words('verified', 'restored elsewhere and found whole', verifiedAt ?? 'by this run', 'its manifest', { informational: true }),
    ...proofFacts(plan),
    ...loss.tables.map(({ table, inBackup, now }) =>
      fact.words(`rows/${table}`, `rows of ${table}`, `${now} now, ${inBackup} in the backup`, source, {
        informational: true,
        verdict: now > inBackup ? 'bad' : 'good',
      }),
    ),
  ];
}

/** Asks the environment's questions of the database that now bears the name. */
export async function lookAtData({ measure, keep }: Kit, { database, region }: BackupPlan): Promise<void> {
  const ask = () => postgres.checkIntegrity({ database, region });
  const say = (checks: { holds: boolean }[]) => `${checks.filter(({ holds }) => holds).length} of ${checks.length} checks hold`;
  keep('integrity', await measure('Check that the data is whole', ask, say));
}

/** What came out of the last look before the old database is closed, in words. */
export const sayLoss = ({ writes }: BackupLoss): string => `${writes ?? 'an unknown number of'} acknowledged writes will be gone`;
