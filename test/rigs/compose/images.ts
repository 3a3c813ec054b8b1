import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RigBroken } from '../or-skip.ts';
import { rigFolder } from '../rig-folder.ts';
import { run } from './programs.ts';

/** A small app: answers /health on port 8000, keeps orders in /orders, needs the database at $DATABASE to start, and breaks as it is told. */
export interface AppImage {
  /** E.g. `shop:1.4.0`. */
  name: string;
  version: string;
  /** A release that answers 500 whatever is done. */
  bad?: boolean;
}

/**
 * How a running copy breaks. `crash`: ends with exit code 1. `error`: answers 500. `hang`: answers nothing. `disk`: its disk is full. `memory`
 * needs so many bytes to live. `chatter` writes so many lines to its log. A fault that is not `always` is over with a restart.
 */
export type AppFault = 'crash' | 'error' | 'hang' | 'disk' | 'memory' | 'chatter';

const files = ['start', 'serve'];
const programs = [
  'sh',
  'nc',
  'cat',
  'sleep',
  'kill',
  'dd',
  'rm',
  'mkdir',
  'ls',
  'seq',
  'wget',
  'date',
  'echo',
  'test',
  'printf',
  'touch',
  'tail',
  'head',
  'sed',
  'tr',
];

/** Makes an image from nothing but Debian's static busybox and two scripts; answers its id. */
export async function buildImage(
  from: { folder: string; busybox: string; host: string },
  { name, version, bad }: AppImage,
): Promise<string> {
  const root = await mkdtemp(join(from.folder, 'image-'));
  try {
    for (const folder of ['bin', 'data', 'fault', 'orders', 'tmp']) await mkdir(join(root, folder));
    await copyFile(from.busybox, join(root, 'bin/busybox'));
    for (const program of programs) await symlink('busybox', join(root, 'bin', program));
    for (const file of files) {
      await writeFile(join(root, file), await readFile(fileURLToPath(new URL(`./image/${file}`, import.meta.url))));
      await chmod(join(root, file), 0o755);
    }
    await writeFile(join(root, 'version'), version);
    if (bad) await writeFile(join(root, 'bad'), '');
    const archive = `${root}.tar`;
    await run('tar', ['-C', root, '-cf', archive, '.']);
    return await imported(from.host, archive, name);
  } finally {
    await rm(root, { recursive: true, force: true });
    await rm(`${root}.tar`, { force: true });
  }
}

function imported(host: string, archive: string, name: string): Promise<string> {
  const changes = ['CMD ["/start"]', 'EXPOSE 8000', 'LABEL schema=1'].flatMap((change) => ['--change', change]);
  return new Promise((resolve, reject) => {
    execFile('docker', ['--host', host, 'import', ...changes, archive, name], (error, stdout, stderr) => {
      if (error) reject(new RigBroken(`the image ${name} could not be made: ${stderr}`, { cause: error }));
      else resolve(stdout.trim());
    });
  });
}

/** Breaks a running container; `value` is a number of bytes or lines where the fault takes one. */
export async function breakApp(
  docker: (...args: string[]) => Promise<string>,
  name: string,
  fault: AppFault,
  { always = false, value = 0 }: { always?: boolean; value?: number } = {},
): Promise<void> {
  await docker('exec', name, 'sh', '-c', `echo ${always ? 'always' : 'once'} ${value} >/fault/new; busybox mv /fault/new /fault/${fault}`);
}

/** Takes a fault that is `always` away, at the latest with the next start; also from a container that does not run. */
export async function healApp(docker: (...args: string[]) => Promise<string>, name: string, fault: AppFault): Promise<void> {
  const folder = await rigFolder('heal');
  try {
    await writeFile(join(folder, fault), 'once 0\n');
    await docker('cp', join(folder, fault), `${name}:/fault/${fault}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
