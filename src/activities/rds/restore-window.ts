import { DescribeDBInstanceAutomatedBackupsCommand, type DBInstance, type DBInstanceAutomatedBackup } from '@aws-sdk/client-rds';
import { Failure } from '../../workflows/failures.ts';
import type { Aws } from '../aws/index.ts';
import { failure } from '../kit/index.ts';

/** Times that an instance can be restored to, as ISO text; null when RDS keeps no backups of it, or none yet. */
export interface RestoreWindow {
  instance: string;
  earliest: string | null;
  latest: string | null;
  /** RDS's word for the instance; empty when there is none. */
  status: string;
}

/** The restore window of an instance as it was just described; undefined stands for one that is not there. */
export async function windowOf(aws: Aws, region: string, instance: string, found: DBInstance | undefined): Promise<RestoreWindow> {
  // Retained backups of an instance that once had the name say nothing about this one.
  const own = (await backupsOf(aws, region, instance)).find(({ DbiResourceId }) => DbiResourceId === found?.DbiResourceId);
  return {
    instance,
    earliest: own?.RestoreWindow?.EarliestTime?.toISOString() ?? null,
    latest: (found?.LatestRestorableTime ?? own?.RestoreWindow?.LatestTime)?.toISOString() ?? null,
    status: found?.DBInstanceStatus ?? '',
  };
}

async function backupsOf(aws: Aws, region: string, instance: string): Promise<DBInstanceAutomatedBackup[]> {
  try {
    const asked = new DescribeDBInstanceAutomatedBackupsCommand({ DBInstanceIdentifier: instance });
    return (await aws.client('rds', region).send(asked)).DBInstanceAutomatedBackups ?? [];
  } catch (error) {
    if (error instanceof Error && /^DBInstanceAutomatedBackupNotFound(Fault)?$/.test(error.name)) return [];
    throw error;
  }
}

/** Throws Permanent for a time that can never be restored to, and NotYet for one that the log has not reached. */
export function refuseTime({ region, at }: { region: string; at: string }, { instance, earliest, latest }: RestoreWindow): void {
  if (earliest === null || latest === null)
    throw failure(Failure.Permanent, `${instance} in ${region}: needed automated backups to restore from, have none`);
  const time = Date.parse(at);
  if (time > Date.now()) throw failure(Failure.Permanent, `${instance} in ${region}: needed a time in the past, have ${at}`);
  if (time < Date.parse(earliest))
    throw failure(Failure.Permanent, `${instance} in ${region}: needed a time from ${earliest} to ${latest}, have ${at}`);
  if (time > Date.parse(latest))
    throw failure(Failure.NotYet, `${instance} in ${region}: its log reaches to ${latest} so far, not to ${at}`);
}
