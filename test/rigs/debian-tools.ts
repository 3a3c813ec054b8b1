import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { cloneFolder, isExecutable } from '../../src/config/tools.ts';

const run = promisify(execFile);
const cache = join(cloneFolder, '.muster/cache/debian');

/**
 * How a program of a Debian package is started, command and first arguments: from PATH, else unpacked into `.muster/cache` and never
 * installed. Throws a sentence with the package's name when this machine cannot.
 */
export async function debianTool(debianPackage: string, names = [debianPackage]): Promise<string[]> {
  const installed = pathFolders().flatMap((folder) => names.map((name) => join(folder, name)));
  const found = installed.find(isExecutable);
  if (found !== undefined) return [found];
  const programs = [debianPackage, ...names].map((name) => join(cache, debianPackage, 'usr/bin', name));
  if (!programs.some(isExecutable)) await unpack(debianPackage);
  const program = programs.find(isExecutable);
  if (program === undefined) throw new Error(`the Debian package ${debianPackage} has no program ${names.join(' or ')}`);
  const command = ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', ownShare, 'sh', join(cache, debianPackage, 'usr/share')];
  await run(command[0]!, [...command.slice(1), 'true']).catch((cause: unknown) => {
    throw new Error(`the Debian package ${debianPackage} is unpacked, and unshare is not allowed to show it its own files`, { cause });
  });
  return [...command, program];
}

// Programs look for their files in /usr/share; this one sees those of its package there, and nobody else does.
const ownShare = 'mount -t tmpfs none /usr/share && ln -s "$1"/* /usr/share/ && shift && exec "$@"';

async function unpack(debianPackage: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'fetch-'));
  try {
    await run('apt-get', ['download', debianPackage], { cwd: folder, timeout: 120_000 });
    const [archive] = await readdir(folder);
    await run('dpkg-deb', ['-x', join(folder, archive!), join(folder, 'files')]);
    await rename(join(folder, 'files'), join(cache, debianPackage));
  } catch (cause) {
    const detail = String((cause as { stderr?: string }).stderr ?? (cause as Error).message)
      .trim()
      .split('\n')
      .at(-1);
    throw new Error(`the Debian package ${debianPackage} is not here and cannot be fetched (${detail})`, { cause });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const pathFolders = (): string[] => (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
