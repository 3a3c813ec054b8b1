import { ApplicationFailure } from '@temporalio/workflow';
import type { PrimaryMove } from '../plans/plan.ts';
import type { SnapshotRestore } from '../plans/snapshot-plan.ts';
import { chooseSnapshot } from '../procedures/restore/choose-snapshot.ts';
import { instanceIsAllowed } from '../procedures/restore/snapshot-checks.ts';
import { backups, postgres, rds } from '../tools.ts';
import { findingsOf, type Finding } from './finding.ts';
import { duration } from '../../words/durations.ts';

type Place = Pick<PrimaryMove, 'database'> & { region: string };

/** The standby must not be further behind than may be lost; once the primary is gone its lag only says for how long. */
export async function lagIsWithinRpo({ database, from, to, targets }: PrimaryMove): Promise<Finding[]> {
  const { must, should, unknown } = findingsOf('replica-lag');
  const [{ lagMs, refusal, receiver }, primary] = await Promise.all([
    postgres.replicationState({ database, region: to }),
    postgres.replicationState({ database, region: from }),
  ]);
  const seen = { resource: `${database} in ${to}`, needed: `replication lag of at most ${duration(targets.rpoMs)}` };
  if (lagMs === null) return [unknown({ ...seen, have: refusal ?? 'no reading' })];
  const have = duration(lagMs);
  if (!primary.reachable || primary.refusal)
    return [should(false, { ...seen, have: `${have}, and ${primary.refusal ? 'a refusal' : 'no answer'} of the primary in ${from}` })];
  const streams = { resource: seen.resource, needed: 'a receiver of the log', have: 'none: replication is broken' };
  return [must(lagMs <= targets.rpoMs, { ...seen, have }), ...(receiver === 'none' ? [must(false, streams)] : [])];
}

/** Settings without which the promoted standby would not carry what the primary carries. */
const carrying = ['parameter group', 'instance class', 'storage, GB'];

/** A promoted replica keeps its own settings, so they are to be those of the primary. */
export async function standbyIsAlike({ database, from, to }: PrimaryMove): Promise<Finding[]> {
  const { should, unknown } = findingsOf('parity');
  const parity = await rds.compareReplica({ database, from, to });
  return parity
    .filter(({ setting }) => carrying.includes(setting))
    .map(({ setting, primary, replica }) => {
      const seen = { resource: `${setting} of ${database} in ${to}`, needed: `${primary ?? 'a reading'} as in ${from}` };
      if (replica === null) return unknown({ ...seen, have: 'no reading' });
      // A primary that is lost is what the plan is for.
      return should(primary === replica, { ...seen, have: replica });
    });
}

/** The instance must keep backups, and its log must reach to nearly now. */
export async function timeCanBeRestored({ database, region }: Place, withinMs: number): Promise<Finding[]> {
  const { must } = findingsOf('restorable-window');
  const { instance, earliest, latest } = await rds.restoreWindow({ database, region });
  const resource = `${instance} in ${region}`;
  if (earliest === null || latest === null) return [must(false, { resource, needed: 'automated backups to restore from', have: 'none' })];
  const behind = Math.max(0, Date.now() - Date.parse(latest));
  const have = `${earliest} to ${latest}, ${duration(behind)} ago`;
  return [must(behind <= withinMs, { resource, needed: `times until at most ${duration(withinMs)} ago`, have })];
}

/** Backups of a primary are what a new replica is made of, and what is left when every replica has taken over bad data. */
export async function backupsAreKept({ database, from }: PrimaryMove): Promise<Finding[]> {
  const { must, should } = findingsOf('backups');
  const primary = await rds.describeDatabase({ database, region: from });
  const seen = { resource: `${primary.instance} in ${from}`, needed: 'backups that are kept for at least 1 day' };
  const days = primary.backupRetentionDays;
  // A region that is lost is what the plan is for.
  if (primary.role === 'unknown') return [should(false, { ...seen, have: primary.refusal ?? 'no answer' })];
  return [must((days ?? 0) >= 1, { ...seen, have: days ? `${days} days` : 'none' })];
}

/** The newest logical backup must be young enough, and should have been restored once to see that it can be. */
export async function backupIsYoung(database: string, oldestMs: number): Promise<Finding[]> {
  const { must, should } = findingsOf('backup');
  const { name, takenAt, verifiedAt } = await backups.findBackup({ database, backup: null });
  const age = Math.max(0, Date.now() - Date.parse(takenAt));
  const seen = { resource: `newest backup of ${database}`, needed: `one of at most ${duration(oldestMs)}` };
  return [
    must(age <= oldestMs, { ...seen, have: `${name}, ${duration(age)} old` }),
    should(verifiedAt !== null, { resource: name, needed: 'a restore that has proven it', have: verifiedAt ?? 'none' }),
  ];
}

/** There must be room for one more instance in the region. */
export async function instanceFits({ region }: Place): Promise<Finding[]> {
  const { quota, needed, have } = await rds.databaseQuota({ region });
  const seen = { resource: `quota ${quota} in ${region}`, needed: String(needed), have: String(have) };
  return [findingsOf('restored-instance').must(have >= needed, seen)];
}

/** A snapshot that is young enough must lie in the region that takes over, readable, and with room for its instance. */
export async function snapshotCanBeRestored(plan: SnapshotRestore, oldestMs: number): Promise<Finding[]> {
  const { must } = findingsOf('snapshot');
  const resource = `newest snapshot of ${plan.database} in ${plan.to}`;
  const needed = `one that can be restored, at most ${duration(oldestMs)} old`;
  // That there is none is a finding; that nobody could be asked is not known here.
  const snapshots = await rds.listSnapshots({ database: plan.database, region: plan.to });
  if (snapshots.length === 0) return [must(false, { resource, needed, have: 'none' })];
  const chosen = await chooseSnapshot(plan).catch((error: unknown) => {
    if (error instanceof ApplicationFailure) return { why: error.message };
    throw error;
  });
  if ('why' in chosen) return [must(false, { resource, needed, have: chosen.why })];
  const age = Math.max(0, Date.now() - Date.parse(chosen.createdAt));
  const have = `${chosen.id}, ${duration(age)} old`;
  return [must(age <= oldestMs, { resource, needed, have }), ...(await instanceIsAllowed(plan, chosen))];
}
