import type { PracticeCluster } from '../cluster-estate.ts';
import type { RegionName } from '../contract.ts';
import {
  clearMember,
  createMember,
  drain,
  memberFolder,
  memberState,
  promoteMember,
  readMemberLag,
  startMember,
  type Member,
} from './cluster-member.ts';
import { createDatabaseFolder, removeDatabaseFolder } from './folder.ts';
import { createDelays, type Delays } from './delays.ts';
import { createWayIn, type WayIn } from './way-in.ts';
import { createLedgerDatabase } from './ledger-database.ts';
import { findPostgres, type PostgresPrograms } from './postgres-programs.ts';
import { createPostgresServer } from './postgres-server.ts';
import type { DatabaseSecrets } from './postgres-settings.ts';

/** The practice cluster with its life: lost and healed with its regions, ended with the range. */
export interface LivingCluster extends PracticeCluster, Pick<Delays, 'setLag' | 'setGrey'> {
  lose(region: RegionName): Promise<void>;
  heal(region: RegionName): Promise<void>;
  stop(): Promise<void>;
}

export interface ClusterOptions {
  /** Holds its data; of one cluster at a time. */
  folder: string;
  secrets: DatabaseSecrets;
  lost: (region: RegionName) => boolean;
}

const readEveryMs = 500;

/** The cluster `ledger`: writer and reader in east, a secondary in west. It has addresses at once, and servers when it is built. */
export async function createCluster({ folder, secrets, lost }: ClusterOptions): Promise<LivingCluster> {
  await removeDatabaseFolder(folder);
  const writerPort = (): number => writer.port;
  const members = await Promise.all([
    createMember('ledger-east-1', 'east', 0, writerPort),
    createMember('ledger-east-2', 'east', 1, writerPort),
    createMember('ledger-west-1', 'west', 1, writerPort),
  ]);
  const endpoints: Record<RegionName, WayIn> = { east: await createWayIn(writerPort), west: await createWayIn(writerPort) };
  const delays = createDelays(() => members.forEach(delay));
  let writer: Member = members[0];
  let place: { home: string; programs: PostgresPrograms } | undefined;
  let building: Promise<void> | undefined;
  let built = false;
  let folders = 0;
  let beat: NodeJS.Timeout | undefined;
  let stopped = false;
  let last: Promise<unknown> = Promise.resolve();

  /** One change of the cluster at a time. */
  function inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = last.then(act);
    last = turn.catch(() => undefined);
    return turn;
  }

  const delay = ({ region, link }: Member) => link.setLag(delays.between(writer.region, region));

  const newServer = () => createPostgresServer(memberFolder(place!.home, (folders += 1)), place!.programs, secrets);

  async function openLink(member: Member): Promise<void> {
    if (member === writer || lost(member.region) || lost(writer.region)) return;
    delay(member);
    await member.link.open();
  }

  /** Makes a member anew from the writer's data; one in a lost region waits for its return. */
  async function follow(member: Member): Promise<void> {
    member.stale = true;
    member.rebuilding = true;
    try {
      await clearMember(member);
      if (stopped || lost(member.region) || !writer.server?.running) return;
      member.server = newServer();
      await member.server.copy(writer.server.data, writer.port);
      await openLink(member);
      if (!writer.server?.running) throw new Error(`the writer was lost while ${member.name} was being made`);
      await startMember(member, false, () => writer.server?.running ?? false);
      member.stale = false;
    } finally {
      member.rebuilding = false;
      // It may have started after everything in its region was ended.
      if (member.stale) await member.server?.kill();
    }
  }

  async function openEndpoint(): Promise<void> {
    if (!lost(writer.region)) await endpoints[writer.region].open();
  }

  async function make(): Promise<void> {
    const programs = await findPostgres();
    place = { home: await createDatabaseFolder(folder, programs.user), programs };
    writer.server = newServer();
    await writer.server.init();
    await startMember(writer, true);
    await createLedgerDatabase(writer.port, secrets);
    await Promise.all(members.filter((member) => member !== writer).map(follow));
    await openEndpoint();
    built = true;
    await keepReading();
    for (const region of ['east', 'west'] as const) if (lost(region)) await leave(region);
  }

  async function keepReading(): Promise<void> {
    await Promise.all(members.map((member) => readMemberLag(member, writer).catch(() => undefined)));
    if (!stopped) beat = setTimeout(() => void keepReading(), readEveryMs);
  }

  async function leave(region: RegionName): Promise<void> {
    await endpoints[region].cut();
    const cutOff = members.filter((member) => member.region === region || writer.region === region);
    await Promise.all(cutOff.map(({ link }) => link.cut()));
    // One that is being made anew cannot be finished without its writer.
    const ends = members.filter((member) => member.region === region || (member.rebuilding && writer.region === region));
    await Promise.all(ends.map(async ({ server }) => server?.kill()));
  }

  async function comeBack(region: RegionName): Promise<void> {
    const down = members.filter((member) => (member.region === region || member.stale) && !member.server?.running && !lost(member.region));
    // The writer first: the others follow it.
    for (const member of down.sort((a, b) => Number(b === writer) - Number(a === writer))) {
      if (member.stale) await follow(member);
      else await startMember(member, member === writer);
    }
    await Promise.all(members.map(openLink));
    await openEndpoint();
  }

  async function move(to: Member, loss: boolean): Promise<void> {
    const old = writer;
    await Promise.all(Object.values(endpoints).map((endpoint) => endpoint.cut()));
    // Nobody may get further than the member that takes over, or he could not follow it.
    await Promise.all(members.filter((member) => loss || member !== to).map(({ link }) => link.cut()));
    try {
      if (!loss) await drain(old, to);
    } catch (error) {
      await Promise.all(members.map(openLink));
      await openEndpoint();
      throw error;
    }
    await old.server?.kill();
    await promoteMember(to);
    writer = to;
    to.lag = null;
    await to.link.cut();
    await openEndpoint();
    const rest = members.filter((member) => member !== to);
    const again = loss ? rest : [old];
    for (const member of again) Object.assign(member, { stale: true, rebuilding: !lost(member.region) });
    void inTurn(async () => {
      await Promise.allSettled(again.map(follow));
      await Promise.all(rest.map(openLink));
    }).catch(() => undefined);
  }

  return {
    build: () =>
      (building ??= make().catch(async (error: unknown) => {
        building = undefined;
        await Promise.all(members.map(clearMember));
        throw error;
      })),
    built: () => built,
    members: () => members.map((member) => memberState(member, member === writer)),
    endpoint: (region) => ({ host: '127.0.0.1', port: endpoints[region].port }),
    moveWriter: (name, { loss }) => {
      const to = members.find((member) => member.name === name);
      if (!to?.server?.running) return Promise.reject(new Error(`${name} does not run`));
      return inTurn(() => move(to, loss));
    },
    lose: async (region) => {
      if (built) await leave(region);
    },
    heal: async (region) => {
      if (built) await inTurn(() => comeBack(region));
    },
    setLag: (ms) => delays.setLag(ms),
    setGrey: (region, how) => (delays.setGrey(region, how), endpoints[region].setGrey(how)),
    stop: async () => {
      stopped = true;
      clearTimeout(beat);
      await building?.catch(() => undefined);
      await Promise.all(Object.values(endpoints).map((endpoint) => endpoint.cut()));
      await Promise.all(members.map(({ link, server }) => Promise.all([link.cut(), server?.kill()])));
      await last;
      await Promise.all(members.map(({ link, server }) => Promise.all([link.cut(), server?.kill()])));
      await removeDatabaseFolder(folder);
    },
  };
}
