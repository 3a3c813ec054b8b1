import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { copyTree } from './copy-tree.ts';
import type { DatabaseInstance } from './instance.ts';
import type { PostgresPrograms } from './postgres-programs.ts';

/** A whole copy of a database's data that no server runs on. */
export interface DatabaseSnapshot {
  id: string;
  folder: string;
  /** The data are as of this time. */
  takenAt: Date;
  /** The instance whose restore window it carries; missing for one that only stands for itself. */
  backupOf?: DatabaseInstance;
}

/** The snapshots of a range, beside its servers: they outlive an instance, and a region. */
export interface DatabaseSnapshots {
  find(id: string): DatabaseSnapshot | undefined;
  /** Throws when there is none of this id. */
  get(id: string): DatabaseSnapshot;
  /** The backups of an instance, the oldest first. */
  backupsOf(instance: DatabaseInstance): DatabaseSnapshot[];
  take(id: string, instance: DatabaseInstance, kind: 'manual' | 'automated'): Promise<void>;
  /** A copy with its own data. */
  copy(id: string, of: string): Promise<void>;
  drop(id: string): Promise<void>;
}

/** No snapshots yet; they will stand in a folder under `home`. */
export function createDatabaseSnapshots(home: string, { user }: PostgresPrograms): DatabaseSnapshots {
  const kept = new Map<string, DatabaseSnapshot>();
  let folders = 0;

  function get(id: string): DatabaseSnapshot {
    const snapshot = kept.get(id);
    if (!snapshot) throw new Error(`the range has no snapshot ${id}`);
    return snapshot;
  }

  /** Keeps what `fill` puts into a new folder; nothing stays of one that failed. */
  async function keep(id: string, fill: (folder: string) => Promise<Omit<DatabaseSnapshot, 'id' | 'folder'>>): Promise<void> {
    if (kept.has(id)) throw new Error(`the range already has a snapshot ${id}`);
    const folder = join(home, `snapshot-${(folders += 1)}`);
    await mkdir(home, { recursive: true });
    try {
      kept.set(id, { id, folder, ...(await fill(folder)) });
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  return {
    find: (id) => kept.get(id),
    get,
    backupsOf: (instance) =>
      [...kept.values()].filter(({ backupOf }) => backupOf === instance).sort((a, b) => Number(a.takenAt) - Number(b.takenAt)),
    take: (id, instance, kind) =>
      keep(id, async (folder) => ({
        takenAt: await instance.server.copyTo(folder),
        ...(kind === 'automated' ? { backupOf: instance } : {}),
      })),
    copy: async (id, of) => {
      const { folder: from, takenAt } = get(of);
      await keep(id, async (folder) => {
        await copyTree(from, folder, { owner: user });
        return { takenAt };
      });
    },
    drop: async (id) => {
      const snapshot = kept.get(id);
      kept.delete(id);
      if (snapshot) await rm(snapshot.folder, { recursive: true, force: true });
    },
  };
}
