import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { cloneFolder, isExecutable } from '../../../src/config/tools.ts';

export const run = promisify(execFile);
export const hostCache = join(cloneFolder, '.muster/cache/host');

export interface HostPrograms {
  nspawn: string;
  mmdebstrap: string;
  /** Folder of the libraries that the unpacked nspawn needs; undefined when it is installed. */
  libraries: string | undefined;
}

const packages = ['systemd-container', 'libsystemd-shared', 'mmdebstrap'];
const needed = ['apt-get', 'perl', 'unshare', 'nsenter', 'ip', 'mkfs.ext4', 'ssh', 'ssh-keygen'];

/** What a host is made with: from PATH, else unpacked from Debian's packages and never installed. Throws a sentence that names what is missing. */
export async function hostPrograms(): Promise<HostPrograms> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) throw new Error('a host of its own needs Linux, and root on it');
  const missing = needed.filter((name) => onPath(name) === undefined);
  if (missing.length > 0) throw new Error(`this machine lacks ${missing.join(', ')}`);
  const [nspawn, mmdebstrap] = [onPath('systemd-nspawn'), onPath('mmdebstrap')];
  if (nspawn !== undefined && mmdebstrap !== undefined) return { nspawn, mmdebstrap, libraries: undefined };
  const folder = join(hostCache, 'programs');
  if (!isExecutable(join(folder, 'usr/bin/systemd-nspawn'))) await unpack(folder);
  const { stdout: machine } = await run('uname', ['-m']);
  const libraries = join(folder, `usr/lib/${machine.trim()}-linux-gnu/systemd`);
  const programs = { nspawn: join(folder, 'usr/bin/systemd-nspawn'), mmdebstrap: join(folder, 'usr/bin/mmdebstrap'), libraries };
  await run(programs.nspawn, ['--version'], { env: { LD_LIBRARY_PATH: libraries } }).catch((cause: unknown) => {
    throw new Error(`systemd-nspawn is unpacked and does not start here: ${lastLine(cause)}`, { cause });
  });
  return programs;
}

async function unpack(target: string): Promise<void> {
  await mkdir(hostCache, { recursive: true });
  const folder = await mkdtemp(join(hostCache, 'fetch-'));
  try {
    await run('apt-get', ['download', ...packages], { cwd: folder, timeout: 120_000 });
    for (const archive of await readdir(folder)) await run('dpkg-deb', ['-x', join(folder, archive), join(folder, 'files')]);
    await placed(join(folder, 'files'), target);
  } catch (cause) {
    throw new Error(`the Debian packages ${packages.join(', ')} are not here and cannot be fetched (${lastLine(cause)})`, { cause });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Moves a finished folder to its place; one that somebody else has put there meanwhile is as good. */
export async function placed(from: string, to: string): Promise<void> {
  await rename(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
}

/** The last thing that a program said before it failed. */
export const lastLine = (cause: unknown): string =>
  String((cause as { stderr?: string }).stderr || (cause as Error).message)
    .trim()
    .split('\n')
    .at(-1)!;

export const onPath = (name: string): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find(isExecutable);
