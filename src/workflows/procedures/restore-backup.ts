import { ApplicationFailure } from '@temporalio/workflow';
import type { Backup, BackupLoss } from '../../activities/backups.ts';
import { Failure } from '../failures.ts';
import type { Kit } from '../kit/kit.ts';
import type { Fact } from '../messages.ts';
import { backups, postgres } from '../tools.ts';
import type { DatabasePlan } from './plan.ts';

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
  const { reachable, inRecovery } = await postgres.replicationState({ database, region });
  if (!reachable)
    throw ApplicationFailure.nonRetryable(`${database} in ${region} does not answer: its server must run first`, Failure.Permanent);
  if (inRecovery)
    throw ApplicationFailure.nonRetryable(`${database} in ${region} is a standby: restore where its primary is`, Failure.Permanent);
  return 'it answers as a primary';
}

/** What people must know: how old the backup is, and what is there now that it does not have. */
export async function restoreFacts(
  { database, region, targets }: BackupPlan,
  { name, verifiedAt, takenAt, bytes }: Backup,
): Promise<Fact[]> {
  const loss = await backups.backupLoss({ database, region, backup: name });
  const source = `${name} against PostgreSQL in ${region}`;
  const minutes = Math.round(loss.ageMs / 6_000) / 10;
  return [
    {
      ...{ name: 'RPO: age of the backup', value: minutes, unit: 'min', tolerance: 10, source: `taken at ${takenAt}`, at: now() },
      verdict: loss.ageMs > targets.rpoMs ? 'bad' : 'good',
    },
    {
      ...{ name: 'acknowledged writes after the backup, which will be gone', value: loss.writes, source, at: now(), informational: true },
      verdict: loss.writes === null ? 'unknown' : loss.writes > 0 ? 'bad' : 'good',
    },
    { name: 'backup', value: `${name}, ${bytes} bytes`, source: 'its manifest', at: now(), verdict: 'good' },
    {
      ...{ name: 'restored elsewhere and found whole', value: verifiedAt ?? 'by this run', source: 'its manifest', at: now() },
      informational: true,
    },
    ...loss.tables.map(({ table, inBackup, now: there }): Fact => ({
      ...{ name: `rows of ${table}`, value: `${there} now, ${inBackup} in the backup`, source, at: now(), informational: true },
      verdict: there > inBackup ? 'bad' : 'good',
    })),
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

const now = (): string => new Date().toISOString();
