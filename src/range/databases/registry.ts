import { join } from 'node:path';
import type { RegionName } from '../contract.ts';
import type { DatabaseInstance } from './instance.ts';
import { freePort } from '../net/free-port.ts';
import { createLagProxy } from './lag-proxy.ts';
import type { PostgresPrograms } from './postgres-programs.ts';
import { createPostgresServer } from './postgres-server.ts';
import type { DatabaseSecrets } from './postgres-settings.ts';
import { createDelays, type Delays } from './delays.ts';

/** Which database instances there are, under which names and ports, and the ways between them. */
export interface DatabaseRegistry {
  all(): DatabaseInstance[];
  find(name: string): DatabaseInstance | undefined;
  /** Throws when there is none of this name. */
  get(name: string): DatabaseInstance;
  /** Throws when it does not run. */
  getRunning(name: string): DatabaseInstance;
  /** A new instance without data; a replica when it has a source. Throws when the name is taken. */
  add(name: string, region: RegionName, source?: DatabaseInstance): Promise<DatabaseInstance>;
  rename(name: string, to: string): Promise<DatabaseInstance>;
  delete(name: string): void;
  /** Opens every way whose both ends are in a region that is there. */
  openLinks(): Promise<void>;
  /** Closes every way that starts or ends in a region. */
  cutLinks(region: RegionName): Promise<void>;
  /** Of the ways from a primary to its replica. */
  readonly delays: Pick<Delays, 'setLag' | 'setGrey'>;
}

export interface RegistryOptions {
  /** Holds a folder for each server. */
  home: string;
  programs: PostgresPrograms;
  secrets: DatabaseSecrets;
  lost: (region: RegionName) => boolean;
}

/** An empty registry. */
export function createDatabaseRegistry({ home, programs, secrets, lost }: RegistryOptions): DatabaseRegistry {
  const instances = new Map<string, DatabaseInstance>();
  const ports = new Map<string, number>();
  let folders = 0;
  const delays = createDelays(() => instances.forEach(delay));

  function delay({ region, upstream }: DatabaseInstance): void {
    upstream?.link.setLag(delays.between(upstream.source.region, region));
  }

  async function portOf(name: string): Promise<number> {
    const port = ports.get(name) ?? (await freePort());
    ports.set(name, port);
    return port;
  }

  function mustBeFree(name: string): void {
    if (instances.has(name)) throw new Error(`the range already has a database ${name}`);
  }

  function get(name: string): DatabaseInstance {
    const instance = instances.get(name);
    if (!instance) throw new Error(`the range has no database ${name}`);
    return instance;
  }

  return {
    all: () => [...instances.values()],
    find: (name) => instances.get(name),
    get,
    getRunning: (name) => {
      const instance = get(name);
      if (!instance.built || !instance.server.running) throw new Error(`the database ${name} does not run`);
      return instance;
    },
    add: async (name, region, source) => {
      mustBeFree(name);
      const instance: DatabaseInstance = {
        name,
        region,
        port: await portOf(name),
        server: createPostgresServer(join(home, `server-${(folders += 1)}`), programs, secrets),
        role: source ? 'replica' : 'primary',
        built: false,
        lagMs: null,
        fenced: false,
        ...(source && { upstream: { source, link: await createLagProxy(() => source.port) } }),
      };
      // Again, as somebody else may have taken the name while ports were found.
      mustBeFree(name);
      instances.set(name, instance);
      return instance;
    },
    rename: async (name, to) => {
      const port = await portOf(to);
      mustBeFree(to);
      const instance = get(name);
      instances.delete(name);
      instances.set(to, Object.assign(instance, { name: to, port }));
      return instance;
    },
    delete: (name) => instances.delete(name),
    openLinks: async () => {
      for (const instance of instances.values()) {
        const { region, upstream } = instance;
        if (!upstream || lost(region) || lost(upstream.source.region)) continue;
        delay(instance);
        await upstream.link.open();
      }
    },
    cutLinks: async (region) => {
      const touched = [...instances.values()].filter((one) => one.region === region || one.upstream?.source.region === region);
      await Promise.all(touched.flatMap(({ upstream }) => (upstream ? [upstream.link.cut()] : [])));
    },
    delays,
  };
}
