import { readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../eventually.ts';

/** Beginning of the names of the folders, control groups and links of hosts. */
export const hostPrefix = 'mh';
export const folderPrefix = 'muster-host-';

/** `<pid> <start time>` of a process, which tells it from a later one of the same id. Undefined when it is gone. */
export function identityOf(pid: number | string): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in brackets, may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : `${pid} ${fields[19]}`;
  } catch {
    return undefined;
  }
}

const written = (folder: string, name: string): string => {
  try {
    return readFileSync(join(folder, name), 'utf8').trim();
  } catch {
    return '';
  }
};

const isAlive = (identity: string): boolean => identity !== '' && identityOf(identity.split(' ')[0]!) === identity;

/** Ends a host by its recorded process and takes away its control groups and its folder; its mounts and its link go with it. */
export async function remove(folder: string): Promise<void> {
  const host = written(folder, 'pid');
  if (isAlive(host)) process.kill(Number(host.split(' ')[0]), 'SIGKILL');
  await eventually(
    'the host to be gone',
    () => isAlive(host),
    (alive) => !alive,
  );
  const groups = written(folder, 'groups').split('\n').filter(Boolean);
  await eventually(
    'its control groups to be empty',
    () => groups.filter((group) => !emptied(group)),
    (left) => left.length === 0,
  );
  await rm(folder, { recursive: true, force: true });
}

/** Takes away what hosts of killed test runs have left. */
export async function sweep(): Promise<void> {
  const folders = (await readdir(tmpdir())).filter((name) => name.startsWith(folderPrefix)).map((name) => join(tmpdir(), name));
  for (const folder of folders) if (!isAlive(written(folder, 'owner'))) await remove(folder);
}

function emptied(group: string): boolean {
  try {
    for (const entry of readdirSync(group, { withFileTypes: true })) if (entry.isDirectory()) emptied(join(group, entry.name));
    rmdirSync(group);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}
