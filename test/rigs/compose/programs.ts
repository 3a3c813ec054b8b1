import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { cloneFolder, isExecutable } from '../../../src/config/tools.ts';
import { startTethered } from '../../../src/tethered.ts';
import { isAlive, thisProcess } from '../rig-folder.ts';

export const run = promisify(execFile);
const cache = join(cloneFolder, '.muster/cache/compose');
const composeVersion = 'v2.29.7';

/** Debian's packages with the engine and the libraries that a small machine may lack; they are unpacked, never installed. */
const packages = [
  ...['docker.io', 'containerd', 'runc', 'tini', 'iptables', 'busybox-static', 'libdevmapper1.02.1', 'libseccomp2'],
  ...['libip4tc2', 'libip6tc2', 'libxtables12', 'libnftnl11', 'libmnl0', 'libnetfilter-conntrack3', 'libnfnetlink0'],
];
const needed = ['apt-get', 'dpkg-deb', 'unshare', 'ip', 'tar', 'uname'];

export interface DockerPrograms {
  /** Folders of the programs; the engine and its client are in them. */
  path: string[];
  libraries: string[];
  busybox: string;
  tini: string;
  /** Folder with compose as a plugin of the client; for DOCKER_CONFIG. */
  config: string;
}

/** How long a build of compose may take on a small machine that does other things too, in ms. */
export const buildMs = 30 * 60_000;
const sayEveryMs = 20_000;

/** The programs of Docker and Compose, fetched and built once. Throws a sentence that names what this machine lacks. */
export async function dockerPrograms(say: (line: string) => void): Promise<DockerPrograms> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) throw new Error('a Docker engine of its own needs Linux, and root on it');
  const missing = needed.filter((name) => onPath(name) === undefined);
  if (missing.length > 0) throw new Error(`this machine lacks ${missing.join(', ')}`);
  const files = join(cache, 'debian');
  if (!isExecutable(join(files, 'usr/sbin/dockerd'))) await unpack(files, say);
  const config = join(cache, `compose-${composeVersion}`);
  if (!isExecutable(join(config, 'cli-plugins/docker-compose'))) await buildCompose(config, say);
  const { stdout } = await run('uname', ['-m']);
  return {
    path: [join(files, 'usr/sbin'), join(files, 'usr/bin')],
    libraries: [join(files, `usr/lib/${stdout.trim()}-linux-gnu`), join(files, `lib/${stdout.trim()}-linux-gnu`)],
    busybox: join(files, 'bin/busybox'),
    tini: join(files, 'usr/bin/tini-static'),
    config,
  };
}

async function unpack(target: string, say: (line: string) => void): Promise<void> {
  const folder = await workFolder('fetch-');
  try {
    say('fetching the Docker engine from Debian, once');
    await run('apt-get', ['download', ...packages], { cwd: folder, timeout: 5 * 60_000 });
    for (const archive of (await readdir(folder)).filter((name) => name.endsWith('.deb')))
      await run('dpkg-deb', ['-x', join(folder, archive), join(folder, 'files')]);
    // An installation would choose; names of containers are resolved by rules that the engine sets with it.
    for (const name of ['iptables', 'ip6tables']) await symlink('xtables-nft-multi', join(folder, 'files/usr/sbin', name));
    await placed(join(folder, 'files'), target);
  } catch (cause) {
    throw new Error(`the Debian packages ${packages.join(', ')} are not here and cannot be fetched (${lastLine(cause)})`, { cause });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function buildCompose(target: string, say: (line: string) => void): Promise<void> {
  const go = onPath('go') ?? ['/usr/local/go/bin/go'].find(isExecutable);
  if (go === undefined) throw new Error('Go is not here, which builds docker compose from its sources');
  const folder = await workFolder('build-');
  const said: string[] = [];
  const began = Date.now();
  const seconds = () => Math.round((Date.now() - began) / 1_000);
  say(`building docker compose ${composeVersion} from its sources, once; this takes 2 to 10 minutes`);
  const flags = ['-trimpath', '-v', '-ldflags', `-s -w -X github.com/docker/compose/v2/internal.Version=${composeVersion}`];
  const builder = startTethered('nice', [go, 'install', ...flags, `github.com/docker/compose/v2/cmd@${composeVersion}`], {
    ...{ cwd: folder, env: { ...process.env, CGO_ENABLED: '0', GOBIN: join(folder, 'bin'), GOFLAGS: '' } },
    onLine: (line) => said.push(line),
  });
  const progress = setInterval(() => say(`${seconds()} s: ${said.length} packages, now ${said.at(-1) ?? 'nothing yet'}`), sayEveryMs);
  try {
    const code = await builder.ended;
    if (code !== 0) throw new Error(`docker compose cannot be built here: ${said.slice(-3).join('; ') || `go ended with ${code}`}`);
    await mkdir(join(folder, 'config/cli-plugins'), { recursive: true });
    await cp(join(folder, 'bin/cmd'), join(folder, 'config/cli-plugins/docker-compose'));
    await placed(join(folder, 'config'), target);
    say(`built after ${seconds()} s`);
  } finally {
    clearInterval(progress);
    await builder.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A folder of the cache to work in; those of processes that were killed in theirs are swept first. */
async function workFolder(prefix: string): Promise<string> {
  await mkdir(cache, { recursive: true });
  for (const name of (await readdir(cache)).filter((entry) => entry.startsWith(prefix))) {
    const owner = await readFile(join(cache, name, 'owner'), 'utf8').catch(() => '');
    if (!isAlive(owner)) await rm(join(cache, name), { recursive: true, force: true });
  }
  const folder = await mkdtemp(join(cache, prefix));
  await writeFile(join(folder, 'owner'), thisProcess());
  return folder;
}

/** Moves a finished folder to its place; one that somebody else has put there meanwhile is as good. */
async function placed(from: string, to: string): Promise<void> {
  await rename(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
}

const lastLine = (cause: unknown): string =>
  String((cause as { stderr?: string }).stderr || (cause as Error).message)
    .trim()
    .split('\n')
    .at(-1)!;

const onPath = (name: string): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find(isExecutable);
