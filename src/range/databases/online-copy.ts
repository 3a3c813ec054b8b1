import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import pg from 'pg';
import { copyTree, type SystemUser } from './copy-tree.ts';

/** Contents that belong to the running server only; a standby makes its own. */
const ownContents = ['pg_wal', 'pg_replslot', 'pg_dynshmem', 'pg_notify', 'pg_serial', 'pg_snapshots', 'pg_stat_tmp', 'pg_subtrans'];
const ownFiles = ['postmaster.pid', 'postmaster.opts', 'standby.signal', 'backup_label', 'tablespace_map'];

/** Copies the data folder of a running primary in such a way that a server started on the copy follows it as a standby. */
export async function copyOnline(primary: pg.ClientConfig, from: string, to: string, owner: SystemUser | undefined): Promise<void> {
  const session = new pg.Client(primary);
  session.on('error', () => undefined);
  await session.connect();
  try {
    await session.query('SELECT pg_backup_start($1, fast => true)', ['copy for a replica']);
    await copyTree(from, to, { owner, skip });
    const { rows } = await session.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(wait_for_archive => false)');
    await mkdir(join(to, 'pg_wal', 'archive_status'), { recursive: true });
    await writeFile(join(to, 'backup_label'), rows[0]!.labelfile, { mode: 0o600 });
    await writeFile(join(to, 'standby.signal'), '', { mode: 0o600 });
    for (const path of ['pg_wal/archive_status', 'backup_label', 'standby.signal']) {
      const made = join(to, path);
      if (owner) await chown(made, owner.uid, owner.gid);
      await chmod(made, path.startsWith('pg_wal') ? 0o700 : 0o600);
    }
  } finally {
    await session.end();
  }
}

function skip(path: string): boolean {
  return ownFiles.includes(path) || ownContents.some((folder) => path.startsWith(folder + sep));
}
