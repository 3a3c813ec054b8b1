import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startTethered, type Tethered } from '../../../src/tethered.ts';
import { eventually } from '../../eventually.ts';
import { RigBroken } from '../or-skip.ts';
import { isAlive, rigFolder } from '../rig-folder.ts';
import { buildImage, type AppImage } from './images.ts';
import { dockerPrograms, run, type DockerPrograms } from './programs.ts';

export { buildMs } from './programs.ts';

const script = fileURLToPath(new URL('./engine.sh', import.meta.url));

export interface Engine {
  /** `unix://…`, as the environment names it. */
  host: string;
  /** First two numbers of the addresses that its containers get, e.g. `10.231`. */
  net: string;
  /** Runs docker as the test's own hand, and answers what it printed. Throws with what it said. */
  docker(...args: string[]): Promise<string>;
  /** How often a container was restarted by somebody since a time in ms. Noted as it happens: the engine soon forgets what happened. */
  restartsSince(at: number): number;
  /** Makes an image of the small app, and answers its id. */
  image(app: AppImage): Promise<string>;
  /** Writes a compose file into a folder of its own; nothing is started. */
  project(name: string, text: string): Promise<Project>;
  /** Ends the engine with everything in it, and puts PATH and DOCKER_CONFIG back. */
  stop(): Promise<void>;
}

export interface Project {
  name: string;
  file: string;
  /** Runs `docker compose` on it. */
  compose(...args: string[]): Promise<string>;
  /** Ends and removes its containers and networks. */
  down(): Promise<void>;
}

/**
 * Starts a real Docker engine with a socket, a disk and bridges of its own, beside any that is here. Its client and compose come first on PATH
 * until it stops. Throws a sentence with what is missing when this machine cannot have one.
 */
export async function startEngine(say = (line: string) => console.log(`    ${line}`)): Promise<Engine> {
  await sweep();
  const programs = await dockerPrograms(say);
  const folder = await rigFolder('compose');
  const net = freeNet();
  await writeFile(join(folder, 'net'), net);
  const log: string[] = [];
  const host = `unix://${folder}/docker.sock`;
  const daemon = startTethered('sh', [script, folder, net, programs.tini, '--', ...engineCommand(folder, net)], {
    env: { ...pathWith(programs), LD_LIBRARY_PATH: programs.libraries.join(delimiter), XTABLES_LIBDIR: `${programs.libraries[0]}/xtables` },
    onLine: (line) => log.push(line),
  });
  const before = { PATH: process.env['PATH'], DOCKER_CONFIG: process.env['DOCKER_CONFIG'] };
  Object.assign(process.env, pathWith(programs), { DOCKER_CONFIG: programs.config });
  const engine = engineOf({ folder, host, net, daemon, programs, before });
  try {
    const ended = daemon.ended.then((code) => Promise.reject(new Error(`it ended with ${code}`)));
    await Promise.race([eventually('the Docker engine', () => engine.docker('info', '--format', '{{.ID}}'), Boolean, 30_000, 100), ended]);
    engine.listen();
  } catch (cause) {
    await engine.stop();
    throw new Error(`a Docker engine does not start here: ${(cause as Error).message}\n${log.slice(-20).join('\n')}`, { cause });
  }
  return engine;
}

const pathWith = ({ path }: DockerPrograms) => ({ PATH: [...path, process.env['PATH'] ?? ''].join(delimiter) });

const engineCommand = (folder: string, net: string): string[] => [
  ...['dockerd', '--host', `unix://${folder}/docker.sock`, '--pidfile', `${folder}/docker.pid`],
  ...['--data-root', `${folder}/data`, '--exec-root', `${folder}/exec`, '--cgroup-parent', `/${basename(folder)}`],
  // Its containers reach each other and this machine, and nothing else; no rule of this machine is touched.
  ...['--bridge=none', '--iptables=false', '--ip6tables=false', '--ip-masq=false', '--default-address-pool', `base=${net}.0.0/16,size=24`],
];

interface Parts {
  folder: string;
  host: string;
  net: string;
  daemon: Tethered;
  programs: DockerPrograms;
  before: Record<string, string | undefined>;
}

function engineOf({ folder, host, net, daemon, programs, before }: Parts): Engine & { listen(): void } {
  const docker = (...args: string[]) => printed(['--host', host, ...args]);
  const restarts: number[] = [];
  let listening: ChildProcess | undefined;
  return {
    ...{ host, net, docker },
    listen: () => {
      const asked = ['--host', host, 'events', '--filter', 'event=restart', '--format', '{{.TimeNano}}'];
      listening = spawn('docker', asked, { stdio: ['ignore', 'pipe', 'ignore'] });
      createInterface(listening.stdout!).on('line', (nanoseconds) => restarts.push(Number(nanoseconds) / 1e6));
    },
    restartsSince: (at) => restarts.filter((one) => one >= at).length,
    image: (app) => buildImage({ folder, busybox: programs.busybox, host }, app),
    project: async (name, text) => {
      const home = join(folder, 'projects', name);
      const file = join(home, 'docker-compose.yml');
      await mkdir(home, { recursive: true });
      await writeFile(file, text);
      const compose = (...args: string[]) => docker('compose', '--ansi', 'never', '--project-name', name, '--file', file, ...args);
      return { name, file, compose, down: async () => void (await compose('down', '--volumes', '--timeout', '0')) };
    },
    stop: async () => {
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      listening?.kill();
      await daemon.stop();
    },
  };
}

async function printed(args: readonly string[]): Promise<string> {
  try {
    return (await run('docker', [...args], { timeout: 60_000, maxBuffer: 16 * 1024 * 1024 })).stdout.trim();
  } catch (cause) {
    const { stderr, message } = cause as { stderr?: string; message: string };
    throw new RigBroken(`docker ${args.slice(2).join(' ')}: ${stderr || message}`, { cause });
  }
}

/** Two numbers of a net that this machine has no part in, e.g. `10.231`. */
function freeNet(): string {
  const taken = Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address));
  for (;;) {
    const net = `10.${randomInt(200, 250)}`;
    if (!taken.some((address) => address.startsWith(`${net}.`))) return net;
  }
}

/** Takes away what engines have left whose test was killed together with its guard. */
async function sweep(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith('muster-rig-compose-'))) {
    const folder = join(tmpdir(), name);
    const [owner, net] = [textOf(join(folder, 'owner')), textOf(join(folder, 'net'))];
    if (isAlive(owner) || net === '') continue;
    await new Promise((resolve) => spawn('sh', [script, folder, net, 'clean'], { stdio: 'ignore' }).once('exit', resolve));
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
