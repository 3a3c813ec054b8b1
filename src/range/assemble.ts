import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, GreyWay, RangeAddresses, RangeStatus, RegionName } from './contract.ts';
import { createControl } from './control.ts';
import { createCustomers } from './shop/customers.ts';
import { createDelivery } from './shop/delivery.ts';
import { createCluster, type LivingCluster } from './databases/cluster.ts';
import { createDatabases, type Databases } from './databases/databases.ts';
import { createEdgeSwitches } from './shop/edge-switches.ts';
import { createEdge } from './shop/edge.ts';
import { estateOf } from './estate-of.ts';
import type { Healing } from './fault-schema.ts';
import { createFaults } from './faults.ts';
import type { Gateway, GatewayOptions } from './aws/gateway.ts';
import { unhealthyBecause } from './net/http-call.ts';
import { createInbox } from './inbox/inbox.ts';
import { createListener } from './net/listener.ts';
import { createLoadBalancer } from './shop/load-balancer.ts';
import { createShop, type Shop } from './shop/shop.ts';
import { createBackground, type Locate, together } from './shop/background.ts';
import { createTraffic } from './shop/traffic.ts';
import { readStatus } from './status.ts';
import { rangeVariables } from './variables.ts';
import { createVantagePoints } from './shop/vantage.ts';

export interface RangeOptions {
  /** Holds the databases; of one range at a time. */
  folder: string;
  /** Orders of all customers together. */
  ratePerSecond?: number;
  /** Each region finds its database under a name of its own, as most systems do, and not by the record in Route 53. */
  ownNames?: boolean;
  /** Hears of progress, a sentence at a time. */
  log?: (line: string) => void;
}

/** A practice estate that runs. */
export interface Range {
  addresses: RangeAddresses;
  status(): Promise<RangeStatus>;
  break(fault: Fault): Promise<void>;
  /** Without a kind or region it heals everything. */
  heal(what?: Healing): Promise<void>;
  stop(): Promise<void>;
}

export type StartGateway = (options: GatewayOptions) => Promise<Gateway>;

/** What ends the parts that were started. */
type Stops = (() => unknown)[];

/** Instances at the start: `east` carries the load, `west` is a pilot light. */
const startCapacity: Record<RegionName, number> = { east: 3, west: 1 };
const openWithinMs = 15_000;

/** Puts the estate together behind a gateway and opens it for customers; leaves nothing running when it fails. */
export async function assembleRange(options: RangeOptions, startGateway: StartGateway): Promise<Range> {
  const stops: Stops = [];
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= stopAll(stops));
  try {
    return { ...(await assemble(options, startGateway, stops)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Ends all parts side by side, also when one of them cannot end; throws what the first of those said. */
async function stopAll(stops: Stops): Promise<void> {
  const ends = await Promise.allSettled(stops.map((end) => Promise.resolve().then(end)));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

async function assemble(options: RangeOptions, startGateway: StartGateway, stops: Stops): Promise<Omit<Range, 'stop'>> {
  const { folder, ratePerSecond = 20, ownNames = false, log = () => undefined } = options;
  const lost = new Set<RegionName>();
  const isLost = (region: RegionName): boolean => lost.has(region);
  const databases = await createDatabases(folder, isLost);
  stops.push(() => databases.stop());
  const cluster = await createCluster({ folder: join(folder, 'ledger'), secrets: databases.secrets, lost: isLost });
  stops.push(() => cluster.stop());
  const customer = randomBytes(12).toString('base64url');
  const locate: Locate = async (region) => (ownNames ? ownDatabase(databases, region) : (await gateway.records()).database);
  const shopOf = (region: RegionName): Shop =>
    createShop({ region, password: databases.secrets.shop, locate: () => locate(region), customer });
  const shops = { east: shopOf('east'), west: shopOf('west') };
  const background = await createBackground(databases.secrets.shop, locate);
  const estate = { ...estateOf(databases, shops, isLost), cluster };
  const starting = startGateway({ estate, log, switchPort: background.takeover.port });
  const gateway = await startBehind(starting, databases, stops);
  log('AWS answers; two databases run, the one in west follows the one in east');

  stops.push(() => Promise.all([shops.east.stop(), shops.west.stop()]));
  await Promise.all([shops.east.start(startCapacity.east), shops.west.start(startCapacity.west)]);
  const grey = new Map<RegionName, GreyWay>();
  const balance = (region: RegionName) =>
    createLoadBalancer(
      () => shops[region].instances(),
      () => grey.get(region),
    );
  const [east, west] = await Promise.all([balance('east'), balance('west')]);
  const traffic = createTraffic(() => gateway.records());
  const edgeSwitches = await createEdgeSwitches();
  const edge = await createEdge(() => traffic.lookUp(), { east: east.port, west: west.port }, edgeSwitches);
  const customers = createCustomers(edge.url, ratePerSecond);
  const inbox = await createInbox();
  const balancer = { east: east.url, west: west.url };
  const vantage = await createVantagePoints({ balancer, recent: (region) => customers.recent(region), lost: isLost });
  const delivery = await createDelivery(gateway.rollouts, isLost);
  const balancers = { east: together(east, background.east), west: together(west, background.west) };
  const targets = { cluster, delivery, databases, edgeSwitches, shops, balancers, gateway, traffic, inbox, lost, grey };
  const faults = createFaults(targets);
  const acts = {
    status: () => readStatus(targets, faults, customers),
    break: (fault: Fault) => faults.break(fault),
    heal: (what?: Healing) => faults.heal(what),
  };
  const control = await createListener(
    createControl({
      ...{ ...acts, ...customers },
      calls: () => gateway.calls(),
      clearCalls: () => gateway.clearCalls(),
      ...{ traffic, consumers: () => background.status() },
      messages: () => inbox.messages(),
    }),
  );
  for (const part of [balancers.east, balancers.west, edge, edgeSwitches, inbox, vantage, delivery, control]) {
    stops.push(() => part.close());
    await part.open();
  }
  await isOpen(edge.url);
  stops.push(() => customers.stop());
  customers.start();
  // RDS takes them by itself, too: nobody waits for them.
  void gateway.takeFirstBackups().catch((error: unknown) => log(`the first backup failed: ${String(error)}`));
  log(`the shop is open; customers place ${ratePerSecond} orders a second`);

  const postgres = { east: connectionOf(databases, 'east'), west: connectionOf(databases, 'west') };
  const ledger = { east: ledgerOf(cluster, databases, 'east'), west: ledgerOf(cluster, databases, 'west') };
  const urls = { control: control.url, edge: edge.url, balancers: balancer, vantage: vantage.urls };
  return {
    addresses: {
      control: control.url,
      variables: rangeVariables({
        ...urls,
        customer,
        aws: gateway,
        inbox,
        postgres,
        ledger,
        backups: join(folder, 'backups'),
        delivery,
        edgeSwitches,
        background,
      }),
    },
    ...acts,
  };
}

/** Starts gateway and databases side by side, and waits for both also when one fails: only then all that runs can be stopped. */
async function startBehind(gateway: Promise<Gateway>, databases: Databases, stops: Stops): Promise<Gateway> {
  stops.push(async () => (await gateway.catch(() => undefined))?.stop());
  const starting = [gateway, databases.start()] as const;
  await Promise.allSettled(starting);
  const [started] = await Promise.all(starting);
  return started;
}

async function isOpen(url: string): Promise<void> {
  const giveUpAt = Date.now() + openWithinMs;
  for (;;) {
    const reason = await unhealthyBecause(`${url}/health/ready`, 1_000);
    if (!reason) return;
    if (Date.now() > giveUpAt) throw new Error(`the practice shop does not open: ${reason}`);
    await sleep(50);
  }
}

/** What answers under the region's own name for its database. */
function ownDatabase(databases: Databases, region: RegionName): { host: string; port: number } | null {
  const port = databases.database(`orders-${region}`)?.port;
  return port === undefined ? null : { host: '127.0.0.1', port };
}

function connectionOf(databases: Databases, region: RegionName): string {
  return `postgres://muster:${databases.secrets.owner}@127.0.0.1:${databases.wayIn(region)}/orders`;
}

function ledgerOf(cluster: LivingCluster, { secrets }: Databases, region: RegionName): string {
  return `postgres://muster:${secrets.owner}@127.0.0.1:${cluster.endpoint(region).port}/ledger`;
}
