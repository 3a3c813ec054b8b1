import { eventually } from '../../eventually.ts';
import { startEngine, type Engine, type Project } from '../compose/engine.ts';
import { breakApp, healApp, type AppFault } from '../compose/images.ts';
import { startDatabase, type DatabaseBehindADoor } from './database.ts';
import { startEdge, type Edge } from './edge.ts';
import type { OwnEnvironment } from './own-environment.ts';

const mib = 1024 ** 2;
/** What a container may use by the compose file. */
export const memoryOfFile = 16 * mib;

/** The shop as two containers behind an edge, with a real database, on an engine of its own. */
export interface ShopInCompose {
  engine: Engine;
  project: Project;
  edge: Edge;
  database: DatabaseBehindADoor;
  /** Id of the image that is good. */
  good: string;
  /** Everything anew from the good image: two containers that serve. */
  asNew(): Promise<void>;
  /** Another image under the name of the good one, rolled out; answers its id. */
  rollOutBad(): Promise<string>;
  fault(copy: number, kind: AppFault, options?: { always?: boolean; value?: number }): Promise<void>;
  heal(copy: number, kind: AppFault): Promise<void>;
  name(copy: number): string;
  /** Names of the containers in a state, by the engine's own word, e.g. `health=healthy`. */
  names(...filters: string[]): Promise<string[]>;
  in(state: string, count: number): Promise<void>;
  /** A field of each container of the shop, by their number. */
  fields(format: string): Promise<string[]>;
  /** What nothing but a change changes: which containers there are, since when, with what, and what their images are called. */
  everything(): Promise<string>;
  stop(): Promise<void>;
}

const text = (subnet: string, database: string) => `
services:
  app:
    image: shop:current
    restart: unless-stopped
    stop_grace_period: 1s
    mem_limit: ${memoryOfFile}
    environment: { DATABASE: '${database}' }
    tmpfs: ['/data:size=1m']
    volumes: ['orders:/orders']
    healthcheck:
      { test: [CMD, wget, -q, -O, /dev/null, 'http://127.0.0.1:8000/health'], interval: 300ms, timeout: 1s, retries: 2, start_period: 1s }
networks:
  default: { ipam: { config: [{ subnet: ${subnet}.0/24, gateway: ${subnet}.1 }] } }
volumes:
  orders: {}
`;

/** Brings it up and writes the environment that says how Muster looks after it. Throws a sentence when this machine cannot have an engine. */
export async function shopInCompose(own: OwnEnvironment): Promise<ShopInCompose> {
  const engine = await startEngine();
  const subnet = `${engine.net}.250`;
  const database = await startDatabase(`${subnet}.1`);
  const project = await engine.project('shop', text(subnet, database.address));
  const docker = (...args: string[]) => engine.docker(...args);
  const name = (copy: number) => `${project.name}-app-${copy}`;
  const names = async (...filters: string[]) => {
    const labels = [`label=com.docker.compose.project=${project.name}`, 'label=com.docker.compose.service=app', ...filters];
    const found = await docker('ps', '--all', '--format', '{{.Names}}', ...labels.flatMap((one) => ['--filter', one]));
    return found.split('\n').filter(Boolean).sort();
  };
  const inState = async (state: string, count: number) =>
    void (await eventually(
      `${count} containers with ${state}`,
      () => names(state),
      ({ length }) => length === count,
      60_000,
      100,
    ));
  const fields = async (format: string) => {
    const found = await names();
    return found.length === 0 ? [] : (await docker('inspect', '--format', format, ...found)).split('\n');
  };
  const edge = await startEdge(async () =>
    (await fields('{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}')).filter(Boolean).map((address) => `${address}:8000`),
  );
  process.env['SHOP_DATABASE'] = database.connection;
  own.write({
    place: { compose: { host: engine.host, project: project.name, files: [project.file], service: 'app' } },
    url: edge.url,
    vantageUrls: [`${edge.url}/health`, `${edge.url}/health`],
    fullCapacity: 2,
    care: { mostInstances: 3, mostMemory: '64MiB' },
    more: {
      database: 'orders',
      customers: { url: edge.url, outage: `${edge.url}/outage` },
      rollback: { causeWithin: '30m', bakeFor: '2s' },
    },
    databases: { orders: { engine: 'postgres', regions: { east: { connection: 'env:SHOP_DATABASE' } } } },
  });
  const up = (...more: string[]) => project.compose('up', '--detach', '--no-deps', '--scale', 'app=2', ...more, 'app');
  const shop: ShopInCompose = {
    ...{ engine, project, edge, database, name, names, fields, in: inState, good: '' },
    asNew: async () => {
      await project.down();
      await database.shut();
      shop.good = await engine.image({ name: 'shop:current', version: '1.4.0' });
      // The door is at an address of a network that is there with the containers only.
      await project.compose('up', '--no-start', 'app');
      await docker('network', 'inspect', `${project.name}_default`);
      await database.open();
      await up();
      await inState('health=healthy', 2);
      await edge.serves();
    },
    rollOutBad: async () => {
      await docker('tag', shop.good, 'shop:1.4.0');
      const bad = await engine.image({ name: 'shop:current', version: '1.5.0', bad: true });
      await up();
      await inState('health=unhealthy', 2);
      return bad;
    },
    fault: (copy, kind, options = {}) => breakApp(docker, name(copy), kind, options),
    heal: (copy, kind) => healApp(docker, name(copy), kind),
    everything: async () => {
      const format =
        '{{.Name}} {{.Id}} {{.State.StartedAt}} {{.RestartCount}} {{.HostConfig.Memory}} {{.HostConfig.NanoCpus}} {{range $k, $v := .NetworkSettings.Networks}}{{$k}}{{end}}';
      return [...(await fields(format)), await docker('image', 'ls', '--format', '{{.ID}} {{.Repository}}:{{.Tag}}')].join('\n');
    },
    stop: async () => {
      delete process.env['SHOP_DATABASE'];
      await edge.stop();
      await database.stop();
      await engine.stop();
    },
  };
  return shop;
}
