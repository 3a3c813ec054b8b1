import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseEstate, RestoreSource, RestoreWindow } from '../database-estate.ts';
import { startInstance, type DatabaseInstance } from './instance.ts';
import type { PostgresPrograms } from './postgres-programs.ts';
import type { Recovery } from './postgres-settings.ts';
import type { DatabaseRegistry } from './registry.ts';
import { createDatabaseSnapshots } from './snapshots.ts';

type BackupEstate = Pick<
  DatabaseEstate,
  'halt' | 'resume' | 'takeSnapshot' | 'copySnapshot' | 'dropSnapshot' | 'snapshotTakenAt' | 'restoreWindow' | 'dropBackups' | 'restore'
>;

export interface BackupOptions {
  /** Holds the range's databases. */
  home: string;
  programs: PostgresPrograms;
  registry: DatabaseRegistry;
  /** Starts an instance whose data are there. */
  open(instance: DatabaseInstance, recovery?: Recovery): Promise<void>;
  /** Leaves nothing of an instance that could not be made. */
  orRemove(instance: DatabaseInstance, made: Promise<void>): Promise<void>;
  /** Told of everything that copies data. */
  copies<T>(work: Promise<T>): Promise<T>;
}

const archiveWithinMs = 30_000;
/** How far the restore window ends behind the present; minutes on AWS, where the log is archived every five. */
const behindMs = 1_000;

/** What is kept of the databases, and what is built from it: snapshots, and instances as they were at a time. */
export function createBackups({ home, programs, registry, open, orRemove, copies }: BackupOptions) {
  const snapshots = createDatabaseSnapshots(join(home, 'snapshots'), programs);

  function windowOf(instance: DatabaseInstance): RestoreWindow | undefined {
    const [first] = snapshots.backupsOf(instance);
    const end = instance.haltedAt?.getTime() ?? (instance.server.running ? Date.now() - behindMs : undefined);
    if (!first || end === undefined) return undefined;
    return { earliest: first.takenAt, latest: new Date(Math.max(end, first.takenAt.getTime())) };
  }

  async function dropOf(instance: DatabaseInstance): Promise<void> {
    await Promise.all(snapshots.backupsOf(instance).map(({ id }) => snapshots.drop(id)));
  }

  async function restore(instance: DatabaseInstance, from: RestoreSource): Promise<void> {
    if ('snapshot' in from) {
      await instance.server.restore(snapshots.get(from.snapshot).folder);
      await open(instance);
    } else {
      const source = registry.get(from.source);
      const backup = snapshots.backupsOf(source).findLast(({ takenAt }) => takenAt <= from.at);
      if (!backup) throw new Error(`${from.source} has no backup from before ${from.at.toISOString()}`);
      await Promise.all([instance.server.restore(backup.folder), source.server.running ? archiveLog(source) : undefined]);
      await open(instance, { archive: source.server.archive, at: from.at });
    }
    instance.built = true;
  }

  const estate: BackupEstate = {
    takeSnapshot: (id, name, kind) => copies(snapshots.take(id, registry.getRunning(name), kind)),
    copySnapshot: (id, of) => copies(snapshots.copy(id, of)),
    dropSnapshot: (id) => snapshots.drop(id),
    snapshotTakenAt: (id) => snapshots.find(id)?.takenAt,
    restoreWindow: (name) => {
      const instance = registry.find(name);
      return instance?.built ? windowOf(instance) : undefined;
    },
    dropBackups: (name) => dropOf(registry.get(name)),
    restore: async (name, region, from) => {
      const made = await registry.add(name, region);
      await orRemove(made, restore(made, from));
    },
    halt: async (name) => {
      const instance = registry.getRunning(name);
      const until = new Date();
      await archiveLog(instance);
      instance.haltedAt = until;
      await instance.server.kill();
    },
    resume: async (name) => {
      const instance = registry.get(name);
      await startInstance(instance);
      instance.haltedAt = undefined;
    },
  };
  return { estate, dropOf };
}

/** Brings all of the log into the archive, with a commit at its end: recovery up to a time ends only at a commit that is later. */
async function archiveLog({ name, server }: DatabaseInstance): Promise<void> {
  const giveUpAt = Date.now() + archiveWithinMs;
  await server.query('SELECT pg_current_xact_id()');
  const [switched] = await server.query<{ file: string }>('SELECT pg_walfile_name(pg_switch_wal()) AS file');
  for (;;) {
    const [archiver] = await server.query<{ last: string | null }>('SELECT last_archived_wal AS last FROM pg_stat_archiver');
    if ((archiver?.last ?? '') >= switched!.file) return;
    if (Date.now() > giveUpAt) throw new Error(`the log of ${name} did not reach the archive within ${archiveWithinMs / 1_000} s`);
    await sleep(20);
  }
}
