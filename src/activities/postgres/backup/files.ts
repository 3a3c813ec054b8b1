import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import type { Environment } from '../../../config/environment.ts';
import { Failure } from '../../../workflows/failures.ts';
import { failure, named, resolved } from '../../kit/index.ts';

const manifestSchema = z.object({
  name: z.string(),
  database: z.string(),
  region: z.string(),
  /** Time of the snapshot that the backup is of; ISO 8601. */
  takenAt: z.string(),
  /** Server that it was taken from, e.g. `18.4`. */
  serverVersion: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  /** Rows of each table at the time of the snapshot. */
  rows: z.record(z.string(), z.number()),
  /** When it was restored elsewhere and found whole; null until then. */
  verifiedAt: z.string().nullable(),
});

/** What is known of a logical backup; it lies beside the backup and is written last, so that without it there is none. */
export type Backup = z.output<typeof manifestSchema>;

/** Folder of a database's backups. Throws InvalidInput when the environment names none. */
export function backupFolder(environment: Environment, database: string): string {
  const { backup } = named(environment.databases, database, 'database');
  if (!backup) throw failure(Failure.InvalidInput, `the environment does not say where backups of ${database} are kept`);
  return resolved(backup.folder);
}

/** All backups of a database, newest first; a manifest that cannot be read is left out. */
export async function readBackups(environment: Environment, database: string): Promise<Backup[]> {
  const folder = backupFolder(environment, database);
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw failure(Failure.Permanent, `the backups in ${folder} cannot be read: ${error.message}`);
  });
  const manifests = names.filter((name) => name.endsWith('.json'));
  const found = await Promise.all(manifests.map((name) => readFile(join(folder, name), 'utf8').then(parse, () => undefined)));
  return found
    .filter((backup) => backup !== undefined)
    .filter((backup) => backup.database === database)
    .sort((a, b) => b.takenAt.localeCompare(a.takenAt));
}

function parse(text: string): Backup | undefined {
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** One backup by its name. Throws Permanent when there is none, or when its file is not what its manifest says. */
export async function wholeBackup(environment: Environment, database: string, name: string): Promise<{ backup: Backup; file: string }> {
  const backup = (await readBackups(environment, database)).find((one) => one.name === name);
  if (!backup) throw failure(Failure.Permanent, `there is no backup ${name} of ${database}`);
  const file = dumpFile(environment, database, name);
  const { size } = await stat(file).catch(() => ({ size: -1 }));
  if (size !== backup.bytes || (await sha256Of(file)).sha256 !== backup.sha256) {
    throw failure(Failure.Permanent, `the backup ${name} is not what its manifest says: it has been changed or cut off`);
  }
  return { backup, file };
}

export const dumpFile = (environment: Environment, database: string, name: string): string =>
  join(backupFolder(environment, database), `${name}.dump`);

/** Makes the folder, readable by us only: a backup holds everything. */
export async function makeBackupFolder(environment: Environment, database: string): Promise<void> {
  await mkdir(backupFolder(environment, database), { recursive: true, mode: 0o700 });
}

/** Writes a manifest whole or not at all. */
export async function writeManifest(environment: Environment, backup: Backup): Promise<void> {
  const path = join(backupFolder(environment, backup.database), `${backup.name}.json`);
  await writeFile(`${path}.new`, `${JSON.stringify(backup, null, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** Hash and size in bytes of a file. */
export async function sha256Of(file: string): Promise<{ sha256: string; size: number }> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return { sha256: hash.digest('hex'), size: (await stat(file)).size };
}
