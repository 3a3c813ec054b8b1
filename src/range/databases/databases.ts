import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { GreyWay, RegionName } from '../contract.ts';
import { createBackups } from './backups.ts';
import { damage, type Damage } from './damage.ts';
import { offerExtensions } from './extensions.ts';
import { createDatabaseFolder, removeDatabaseFolder } from './folder.ts';
import { promoteInstance, readInstance, startInstance, stateOf, type DatabaseInstance } from './instance.ts';
import { createDatabaseRegistry } from './registry.ts';
import type { DatabaseEstate } from '../database-estate.ts';
import { createOrdersDatabase } from './orders-database.ts';
import { findPostgres } from './postgres-programs.ts';
import { createWayIn } from './way-in.ts';
import { createDatabaseSecrets, type DatabaseSecrets, type Recovery } from './postgres-settings.ts';

/** The range's databases: at the start a primary in `east` and its replica in `west`. */
export interface Databases extends DatabaseEstate {
  readonly secrets: DatabaseSecrets;
  start(): Promise<void>;
  /** Kills every server of a region; what was on its way out of the region is gone. */
  lose(region: RegionName): Promise<void>;
  /** Kills the server behind the region's own name; it stays dead until the region is healed. */
  crash(region: RegionName): Promise<void>;
  /** Brings them back as they were, a former primary as a primary. */
  heal(region: RegionName): Promise<void>;
  /** Delay of everything that flows from one region's database to the other's. */
  setLag(ms: number): void;
  /** How a region ails for those who come from outside; its own shop is well. */
  setGrey(region: RegionName, how: GreyWay | undefined): void;
  /** Port at which whoever is outside of a region reaches the database that bears its own name. */
  wayIn(region: RegionName): number;
  /** Damages the data of the primary that bears a region's own name, for good. */
  damage(what: Damage): Promise<void>;
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
  const found = await findPostgres();
  const home = await createDatabaseFolder(folder, found.user);
  const programs = { ...found, extensions: await offerExtensions(home, found) };
  const secrets = createDatabaseSecrets();
  const registry = createDatabaseRegistry({ home, programs, secrets, lost });
  const copying = new Set<Promise<unknown>>();
  const primary = await registry.add('orders-east', 'east');
  const replica = await registry.add('orders-west', 'west', primary);
  const wayTo = (region: RegionName) => createWayIn(() => registry.find(`orders-${region}`)?.port);
  const ways = { east: await wayTo('east'), west: await wayTo('west') };
  let beat: NodeJS.Timeout | undefined;
  let stopped = false;

  /** What copies data must have come to its end before their folder is removed. */
  function copies<T>(work: Promise<T>): Promise<T> {
    copying.add(work);
    void work.catch(() => undefined).then(() => copying.delete(work));
    return work;
  }

  async function build(instance: DatabaseInstance): Promise<void> {
    const source = instance.upstream?.source;
    if (source) await instance.server.copy(source.server.data, source.port);
    else await instance.server.init();
    await open(instance);
    if (!source) await createOrdersDatabase(instance.port, secrets);
    instance.built = true;
  }

  async function open(instance: DatabaseInstance, recovery?: Recovery): Promise<void> {
    await registry.openLinks();
    if (lost(instance.region)) throw new Error(`the region ${instance.region} was lost while ${instance.name} was being made`);
    if (stopped) throw new Error(`the range ended while ${instance.name} was being made`);
    await startInstance(instance, recovery);
  }

  /** Leaves nothing of an instance that could not be made. */
  async function orRemove(instance: DatabaseInstance, made: Promise<void>): Promise<void> {
    await copies(made).catch(async (error: unknown) => {
      await remove(instance.name);
      throw error;
    });
  }

  async function remove(name: string): Promise<void> {
    const instance = registry.get(name);
    const { upstream, server } = instance;
    registry.delete(name);
    await backups.dropOf(instance);
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

  const backups = createBackups({ home, programs, registry, open, orRemove, copies });

  return {
    ...backups.estate,
    secrets,
    start: async () => {
      await build(primary);
      await build(replica);
      await Promise.all([ways.east.open(), ways.west.open()]);
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
      await orRemove(made, build(made));
    },
    rename: async (name, to) => {
      const instance = await registry.rename(name, to);
      if (!instance.server.running) return;
      await instance.server.kill();
      await startInstance(instance);
    },
    remove,
    lose: async (region) => {
      await Promise.all([registry.cutLinks(region), ways[region].cut()]);
      const here = registry.all().filter((instance) => instance.region === region);
      await Promise.all(here.map(({ server }) => server.kill()));
    },
    crash: (region) => registry.get(`orders-${region}`).server.kill(),
    heal: async (region) => {
      await registry.openLinks();
      const down = registry.all().filter((instance) => instance.region === region && isDown(instance));
      await Promise.all([ways[region].open(), ...down.map((instance) => startInstance(instance))]);
    },
    setLag: (ms) => registry.delays.setLag(ms),
    setGrey: (region, how) => (ways[region].setGrey(how), registry.delays.setGrey(region, how)),
    wayIn: (region) => ways[region].port,
    damage: async (what) => {
      const primary = registry.all().find(({ name, region, role, built }) => built && role === 'primary' && name === `orders-${region}`);
      if (!primary) throw new Error('there is no primary to damage');
      await damage(primary, what, secrets);
    },
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
      await Promise.all([
        ways.east.cut(),
        ways.west.cut(),
        ...registry.all().map(({ upstream, server }) => Promise.all([upstream?.link.cut(), server.kill()])),
      ]);
      await Promise.allSettled(copying);
      await removeDatabaseFolder(folder);
    },
  };
}

function isDown({ built, haltedAt, server }: DatabaseInstance): boolean {
  return built && !haltedAt && !server.running;
}
