import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { RegionName } from '../contract.ts';
import { createDatabaseFolder, removeDatabaseFolder } from './folder.ts';
import { promoteInstance, readInstance, startInstance, stateOf, type DatabaseInstance } from './instance.ts';
import { createDatabaseRegistry } from './registry.ts';
import type { Estate } from '../estate.ts';
import { createOrdersDatabase } from './orders-database.ts';
import { findPostgres } from './postgres-programs.ts';
import { createDatabaseSecrets, type DatabaseSecrets } from './postgres-settings.ts';

/** The range's databases: at the start a primary in `east` and its replica in `west`. */
export interface Databases extends Pick<Estate, 'database' | 'promote' | 'createReplica' | 'rename' | 'remove'> {
  readonly secrets: DatabaseSecrets;
  start(): Promise<void>;
  /** Kills every server of a region; what was on its way out of the region is gone. */
  lose(region: RegionName): Promise<void>;
  /** Brings them back as they were, a former primary as a primary. */
  heal(region: RegionName): Promise<void>;
  /** Delay of everything that flows from one region's database to the other's. */
  setLag(ms: number): void;
  /** What stands behind the region's own name. */
  role(region: RegionName): 'primary' | 'replica' | 'fenced' | 'down';
  /** Lag of the replica that there is; null when there is none or it cannot be known. */
  lagMs(): number | null;
  /** Reads lag and fences now instead of at the next beat. */
  refresh(): Promise<void>;
  stop(): Promise<void>;
}

const readEveryMs = 500;

/** Finds PostgreSQL and gives both databases their addresses; nothing runs before `start`. */
export async function createDatabases(folder: string, lost: (region: RegionName) => boolean): Promise<Databases> {
  const programs = await findPostgres();
  const home = await createDatabaseFolder(folder, programs.user);
  const secrets = createDatabaseSecrets();
  const registry = createDatabaseRegistry({ home, programs, secrets, lost });
  const primary = await registry.add('orders-east', 'east');
  const replica = await registry.add('orders-west', 'west', primary);
  let beat: NodeJS.Timeout | undefined;
  let stopped = false;

  async function build(instance: DatabaseInstance): Promise<void> {
    const source = instance.upstream?.source;
    if (source) await instance.server.copy(source.server.data, source.port);
    else await instance.server.init();
    await registry.openLinks();
    if (lost(instance.region)) throw new Error(`the region ${instance.region} was lost while ${instance.name} was being made`);
    if (stopped) throw new Error(`the range ended while ${instance.name} was being made`);
    await startInstance(instance);
    if (!source) await createOrdersDatabase(instance.port, secrets);
    instance.built = true;
  }

  async function remove(name: string): Promise<void> {
    const { upstream, server } = registry.get(name);
    registry.delete(name);
    await upstream?.link.cut();
    await server.kill();
    await rm(dirname(server.data), { recursive: true, force: true });
  }

  async function refresh(): Promise<void> {
    const built = registry.all().filter((instance) => instance.built);
    await Promise.all(built.map(readInstance));
  }

  async function keepReading(): Promise<void> {
    await refresh();
    if (!stopped) beat = setTimeout(() => void keepReading(), readEveryMs);
  }

  return {
    secrets,
    start: async () => {
      await build(primary);
      await build(replica);
      await keepReading();
    },
    database: (name) => {
      const instance = registry.find(name);
      return instance && stateOf(instance);
    },
    promote: async (name) => {
      const instance = registry.getRunning(name);
      if (instance.role === 'replica') await promoteInstance(instance);
    },
    createReplica: async (name, region, of) => {
      const source = registry.getRunning(of);
      if (source.role !== 'primary') throw new Error(`${of} is a replica itself`);
      const made = await registry.add(name, region, source);
      await build(made).catch(async (error: unknown) => {
        await remove(name);
        throw error;
      });
    },
    rename: async (name, to) => {
      const instance = await registry.rename(name, to);
      if (!instance.server.running) return;
      await instance.server.kill();
      await startInstance(instance);
    },
    remove,
    lose: async (region) => {
      await registry.cutLinks(region);
      const here = registry.all().filter((instance) => instance.region === region);
      await Promise.all(here.map(({ server }) => server.kill()));
    },
    heal: async (region) => {
      await registry.openLinks();
      const down = registry.all().filter((instance) => instance.region === region && instance.built && !instance.server.running);
      await Promise.all(down.map(startInstance));
    },
    setLag: (ms) => registry.setLag(ms),
    role: (region) => {
      const instance = registry.find(`orders-${region}`);
      if (!instance?.built || !instance.server.running) return 'down';
      return instance.role === 'primary' && instance.fenced ? 'fenced' : instance.role;
    },
    lagMs: () => registry.all().find(({ role }) => role === 'replica')?.lagMs ?? null,
    refresh,
    stop: async () => {
      stopped = true;
      clearTimeout(beat);
      await Promise.all(registry.all().map(({ upstream, server }) => Promise.all([upstream?.link.cut(), server.kill()])));
      await removeDatabaseFolder(folder);
    },
  };
}
