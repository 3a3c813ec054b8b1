// Stands in for docker and its compose: the containers of one service, kept in the file state.json of the folder that DOCKER_CONFIG names.
import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

export interface DockerContainer {
  id: string;
  name: string;
  image: string;
  status: string;
  startedAt: string;
  finishedAt?: string;
  health?: string;
  restarts?: number;
  exitCode?: number;
  outOfMemory?: boolean;
  error?: string;
  memory?: number;
  cpu?: number;
  networks: string[];
  log: string[];
  env?: string[];
}

export interface DockerState {
  /** By the engine's clock. */
  now: string;
  containers: DockerContainer[];
  /** Ids by name, and what has no name. */
  tags: Record<string, string>;
  images: { id: string; created: string }[];
  events: { action: string; id: string; at: string; exitCode?: string }[];
  used: Record<string, string>;
  config: object;
  /** What the next call that begins so says, before or after it has done what it is asked. */
  fault?: { on: string; before?: string; after?: string } | undefined;
}

const file = `${process.env['DOCKER_CONFIG']!}/state.json`;
const all = process.argv.slice(2);
appendFileSync(`${file}.calls`, `${JSON.stringify(all)}\n`);
const state = JSON.parse(readFileSync(file, 'utf8')) as DockerState;
const before = JSON.stringify(state);
const [, host, ...rest] = all;
const composed = rest[0] === 'compose';
const words = composed ? rest.slice(rest.lastIndexOf('--file') + 2) : rest;
const printed: string[] = [];
const say = (value: unknown) => printed.push(typeof value === 'string' ? value : JSON.stringify(value));
const own = () => state.containers.filter(({ id }) => words.includes(id));
const start = (one: DockerContainer) => {
  state.now = new Date(Date.parse(state.now) + 1_000).toISOString();
  Object.assign(one, { status: 'running', startedAt: state.now, restarts: 0, error: '', exitCode: 0 });
  if (one.health) one.health = 'healthy';
};

const acts: Record<string, () => void> = {
  ps: () => state.containers.forEach(({ id }) => say(id)),
  'container inspect': () => say(own().map(inspected)),
  info: () => say({ SystemTime: state.now, NCPU: 4, MemTotal: 8 * 1024 ** 3 }),
  events: () => state.events.filter(({ at }) => at >= words[words.indexOf('--since') + 1]!).forEach((one) => say(eventOf(one))),
  stats: () => own().forEach(({ id }) => say({ ID: id, MemUsage: `${state.used[id] ?? '1MiB'} / 8GiB` })),
  restart: () =>
    own().forEach((one) => {
      start(one);
      state.events.push({ action: 'restart', id: one.id, at: state.now });
    }),
  start: () => own().forEach(start),
  stop: () => own().forEach((one) => Object.assign(one, { status: 'exited', exitCode: 137, finishedAt: state.now })),
  update: () =>
    own().forEach((one) => {
      const after = (flag: string) => (words.includes(flag) ? Number(words[words.indexOf(flag) + 1]) : undefined);
      one.memory = after('--memory') ?? one.memory ?? 0;
      one.cpu = after('--cpus') ?? one.cpu ?? 0;
    }),
  logs: () => own().forEach(({ log }) => log.slice(-Number(words[words.indexOf('--tail') + 1])).forEach(say)),
  'network disconnect': () => own().forEach((one) => (one.networks = one.networks.filter((name) => name !== words[2]))),
  'network connect': () => own().forEach((one) => one.networks.push(words.at(-2)!)),
  'image ls': () => (words.includes('dangling=true') ? [] : Object.values(state.tags)).forEach(say),
  'image inspect': () => say(state.images.filter(({ id }) => words.includes(id)).map(imageOf)),
  tag: () => (state.tags[words[2]!] = words[1]!),
  'system df': () => say({ Type: 'Images', Size: '1.5GB', Reclaimable: '500MB (33%)' }),
  config: () => say(state.config),
  up: () => {
    const [service, count] = words[words.indexOf('--scale') + 1]!.split('=');
    if (!words.includes('--no-recreate'))
      for (const one of state.containers) if (one.image !== state.tags['shop:1']) Object.assign(one, { image: state.tags['shop:1'] });
    state.containers.length = Math.min(state.containers.length, Number(count));
    for (let n = state.containers.length + 1; n <= Number(count); n += 1)
      state.containers.push({
        ...{ id: String(n).repeat(64).slice(0, 64), name: `site-${service}-${n}`, image: state.tags['shop:1']!, status: 'running' },
        ...{ startedAt: state.now, networks: ['site_default'], log: [] },
      });
  },
};

const name = [words.slice(0, 2).join(' '), words[0]!].find((one) => Object.hasOwn(acts, one));
const fault = state.fault && words.join(' ').startsWith(state.fault.on) ? state.fault : undefined;
if (fault) delete state.fault;
if (!host?.startsWith('unix:///')) end('docker is not called without --host');
else if (fault?.before) end(fault.before);
else if (name === undefined) end(`unknown command ${words.join(' ')}`);
else {
  acts[name]!();
  if (fault?.after) end(fault.after);
  else process.stdout.write(printed.map((line) => `${line}\n`).join(''));
}
// Reads come side by side: only what changed is written, whole.
if (JSON.stringify(state) !== before) {
  writeFileSync(`${file}.new`, JSON.stringify(state));
  renameSync(`${file}.new`, file);
}

function end(text: string): void {
  process.stderr.write(text);
  process.exitCode = 1;
}

function inspected(one: DockerContainer) {
  const { id, status, networks, memory = 0, cpu = 0 } = one;
  return {
    ...{ Id: id, Name: `/${one.name}`, Created: '2026-11-20T03:00:00Z', Image: one.image, RestartCount: one.restarts ?? 0, LogPath: '' },
    State: {
      ...{ Status: status, OOMKilled: one.outOfMemory ?? false, ExitCode: one.exitCode ?? 0, Error: one.error ?? '' },
      ...{ StartedAt: one.startedAt, FinishedAt: one.finishedAt ?? '0001-01-01T00:00:00Z' },
      ...(one.health === undefined ? {} : { Health: { Status: one.health } }),
    },
    Config: { Image: 'shop:1', Env: one.env ?? [], Labels: { 'com.docker.compose.container-number': one.name.at(-1) } },
    HostConfig: { Memory: memory, MemorySwap: 2 * memory, NanoCpus: cpu * 1e9, CpuQuota: 0, CpuPeriod: 0, NetworkMode: 'site_default' },
    NetworkSettings: { Networks: Object.fromEntries(networks.map((network) => [network, {}])) },
  };
}

function eventOf({ action, id, at, exitCode }: DockerState['events'][number]) {
  const { name } = state.containers.find((one) => one.id === id) ?? { name: '?' };
  return { Action: action, Actor: { ID: id, Attributes: { name, ...(exitCode ? { exitCode } : {}) } }, timeNano: Date.parse(at) * 1e6 };
}

function imageOf({ id, created }: DockerState['images'][number]) {
  return {
    Id: id,
    RepoTags: Object.keys(state.tags).filter((tag) => state.tags[tag] === id),
    Created: created,
    Config: { Labels: { schema: '1' } },
  };
}
