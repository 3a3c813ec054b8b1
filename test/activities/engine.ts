import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { parseEnvironment, type Environment } from '../../src/config/environment.ts';
import { linesOf, standInModule, transpiled } from './stand-in-program.ts';
import type { DockerState } from './support/docker.ts';

const program = fileURLToPath(new URL('./support/docker.ts', import.meta.url));

/** A Docker engine of which only the client's words and answers are real. */
export interface StandInEngine {
  state(): DockerState;
  change(changes: Partial<DockerState>): void;
  /** Changes the first container. */
  first(changes: Partial<DockerState['containers'][number]>): void;
  /** Arguments of every call since the last reset. */
  calls(): string[][];
  reset(): void;
  remove(): void;
}

const id = (letter: string) => letter.repeat(64);
export const ids = { one: id('a'), two: id('b'), good: `sha256:${id('c')}`, bad: `sha256:${id('d')}` };

const beginning = (): DockerState => ({
  now: new Date().toISOString(),
  containers: [
    ...[ids.one, ids.two].map((one, index) => ({
      ...{ id: one, name: `site-app-${index + 1}`, image: ids.bad, status: 'running', startedAt: '2026-11-20T03:00:00.000000001Z' },
      ...{ health: 'healthy', networks: ['site_default'], env: ['MODE=live', 'DATABASE_URL=', 'API_KEY=hunter2hunter2'] },
      log: [`2026-11-20T03:00:0${index}.1Z starts`, `2026-11-20T03:00:0${index}.2Z password=hunter2hunter2 is wrong`],
    })),
  ],
  tags: { 'shop:1': ids.bad, 'shop:old': ids.good },
  images: [
    { id: ids.good, created: '2026-11-01T03:00:00Z' },
    { id: ids.bad, created: '2026-11-20T02:59:00Z' },
  ],
  events: [],
  used: {},
  config: { networks: { default: { name: 'site_default' } }, services: { app: { image: 'shop:1', networks: { default: null } } } },
});

/** Puts the stand-in first on the PATH; `remove` takes it away again. */
export function standInEngine(): StandInEngine {
  const { folder, remove } = standInModule(
    'docker',
    () => transpiled(program),
    (own) => ({ DOCKER_CONFIG: own }),
  );
  const file = join(folder, 'state.json');
  const state = () => JSON.parse(readFileSync(file, 'utf8')) as DockerState;
  const write = (now: DockerState) => writeFileSync(file, JSON.stringify(now));
  const reset = () => {
    write(beginning());
    writeFileSync(`${file}.calls`, '');
  };
  reset();
  return {
    ...{ state, reset },
    change: (changes) => write({ ...state(), ...changes }),
    first: (changes) => {
      const now = state();
      Object.assign(now.containers[0]!, changes);
      write(now);
    },
    calls: () => linesOf<string[]>(`${file}.calls`),
    remove,
  };
}

/** The range's environment with the shop of the east in docker compose. */
export function environmentInCompose(place: object = {}, archive?: string): Environment {
  const text = parse(readFileSync('environments/range.yaml', 'utf8')) as {
    services: { shop: { regions: Record<string, object> } };
    archive: object;
  };
  const compose = {
    host: 'unix:///nowhere/docker.sock',
    project: 'site',
    files: ['/srv/site/docker-compose.yml'],
    service: 'app',
    ...place,
  };
  text.services.shop.regions['east'] = { url: 'http://127.0.0.1:1', fullCapacity: 2, compose };
  if (archive !== undefined) text.archive = { folder: archive };
  return parseEnvironment(stringify(text), 'compose.yaml');
}
