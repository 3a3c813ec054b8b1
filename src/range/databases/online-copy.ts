import { chmod, chown, copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import pg from 'pg';
import { copyTree, type SystemUser } from './copy-tree.ts';

/** Contents that belong to the running server only; a standby makes its own. */
const ownContents = ['pg_wal', 'pg_replslot', 'pg_dynshmem', 'pg_notify', 'pg_serial', 'pg_snapshots', 'pg_stat_tmp', 'pg_subtrans'];
const ownFiles = ['postmaster.pid', 'postmaster.opts', 'standby.signal', 'backup_label', 'tablespace_map'];
const control = join('global', 'pg_control');

/** Which data folder to copy, and where to. */
export interface CopyPlaces {
  from: string;
  to: string;
  /** Owner of the copy; us when not given. */
  owner: SystemUser | undefined;
}

/** Copies the data folder of a running primary in such a way that a server started on the copy follows it as a standby. */
export async function copyForStandby(primary: pg.ClientConfig, places: CopyPlaces): Promise<void> {
  await copyRunning(primary, places);
  await put(places, 'standby.signal', '');
}

/**
 * Copies the data folder of a running server, primary or standby, with all of the log that makes the copy whole: a server can start on
 * it alone. Answers with the time as of which it is.
 */
export async function copyWhole(server: pg.ClientConfig, places: CopyPlaces): Promise<Date> {
  const { label, end } = await copyRunning(server, places);
  // The answer of the clock is rounded down to a millisecond.
  const takenAt = new Date(Date.now() + 1);
  const first = /^START WAL LOCATION: .* \(file ([0-9A-F]{24})\)$/m.exec(label)![1]!;
  const last = segmentOf(first.slice(0, 8), end);
  const log = await readdir(join(places.from, 'pg_wal'));
  const needed = log.filter((file) => (/^[0-9A-F]{24}$/.test(file) && file >= first && file <= last) || file.endsWith('.history'));
  await Promise.all(needed.map((file) => copyOne(places, join('pg_wal', file))));
  return takenAt;
}

async function copyRunning(server: pg.ClientConfig, places: CopyPlaces): Promise<{ label: string; end: string }> {
  const session = new pg.Client(server);
  session.on('error', () => undefined);
  await session.connect();
  try {
    await session.query('SELECT pg_backup_start($1, fast => true)', ['copy of a practice database']);
    await copyTree(places.from, places.to, { owner: places.owner, skip });
    // Last, because on a standby it says how far the log must be replayed to make the rest whole.
    await copyOne(places, control);
    const { rows } = await session.query<{ end: string; label: string }>(
      'SELECT lsn::text AS end, labelfile AS label FROM pg_backup_stop(wait_for_archive => false)',
    );
    const status = join(places.to, 'pg_wal', 'archive_status');
    await mkdir(status, { recursive: true });
    await chmod(status, 0o700);
    if (places.owner) await chown(status, places.owner.uid, places.owner.gid);
    await put(places, 'backup_label', rows[0]!.label);
    return rows[0]!;
  } finally {
    await session.end();
  }
}

async function put({ to, owner }: CopyPlaces, name: string, text: string): Promise<void> {
  const file = join(to, name);
  await writeFile(file, text, { mode: 0o600 });
  if (owner) await chown(file, owner.uid, owner.gid);
}

async function copyOne({ from, to, owner }: CopyPlaces, path: string): Promise<void> {
  await copyFile(join(from, path), join(to, path));
  if (owner) await chown(join(to, path), owner.uid, owner.gid);
}

/** Name of the log's segment of 1 MB that holds a position, e.g. `0/2000028`. */
function segmentOf(timeline: string, position: string): string {
  const [high, low] = position.split('/').map((half) => parseInt(half, 16)) as [number, number];
  return timeline + [high, low >>> 20].map((part) => part.toString(16).toUpperCase().padStart(8, '0')).join('');
}

function skip(path: string): boolean {
  return path === control || ownFiles.includes(path) || ownContents.some((folder) => path.startsWith(folder + sep));
}
