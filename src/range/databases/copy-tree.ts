import { chmod, chown, copyFile, lchown, lstat, mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import { join } from 'node:path';

/** A user of the operating system. */
export interface SystemUser {
  uid: number;
  gid: number;
}

export interface CopyOptions {
  /** Owner of the copy; us when not given. */
  owner?: SystemUser | undefined;
  /** Path under the source, e.g. `pg_wal/0001`: true leaves it out. */
  skip?: (path: string) => boolean;
}

/** Copies a folder that may change meanwhile: a file that goes away is left out, as it is in a copy taken a moment later. */
export async function copyTree(from: string, to: string, { owner, skip = () => false }: CopyOptions = {}, under = ''): Promise<void> {
  await mkdir(to);
  await chmod(to, (await lstat(from)).mode);
  if (owner) await chown(to, owner.uid, owner.gid);
  const entries = await readdir(from, { withFileTypes: true });
  await Promise.all(
    entries.map(async (entry) => {
      const path = join(under, entry.name);
      if (skip(path)) return;
      const source = join(from, entry.name);
      const target = join(to, entry.name);
      try {
        if (entry.isDirectory()) return await copyTree(source, target, { owner, skip }, path);
        if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
        else await copyFile(source, target);
        if (owner) await lchown(target, owner.uid, owner.gid);
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    }),
  );
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
