import { chmod, mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SystemUser } from './copy-tree.ts';
import { isReachable } from './postgres-programs.ts';

/** Makes an empty folder for the databases under the range's folder, or a link there to one that `user` can reach. */
export async function createDatabaseFolder(folder: string, user: SystemUser | undefined): Promise<string> {
  await mkdir(folder, { recursive: true });
  await removeDatabaseFolder(folder);
  const place = join(folder, 'postgres');
  if (user && !(await isReachable(folder))) {
    const reachable = await mkdtemp(join(tmpdir(), 'muster-range-'));
    await symlink(reachable, place);
    await chmod(reachable, 0o755);
    return reachable;
  }
  await mkdir(place, { mode: 0o755 });
  return place;
}

/** Removes the databases of a range, also of one that could not tidy up after itself. */
export async function removeDatabaseFolder(folder: string): Promise<void> {
  const place = join(folder, 'postgres');
  const real = await realpath(place).catch(() => place);
  await rm(real, { recursive: true, force: true });
  await rm(place, { force: true });
}
