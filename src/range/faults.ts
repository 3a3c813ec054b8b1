import type { Fault, GreyWay, RegionName } from './contract.ts';
import type { LivingCluster } from './databases/cluster.ts';
import type { Databases } from './databases/databases.ts';
import type { Gateway } from './aws/gateway.ts';
import type { Healing } from './fault-schema.ts';
import type { Delivery } from './shop/delivery.ts';
import type { EdgeSwitches } from './shop/edge-switches.ts';
import { services, type Inbox } from './inbox/inbox.ts';
import type { Listener } from './net/listener.ts';
import { releases, type Release } from './shop/releases.ts';
import type { Shop } from './shop/shop.ts';
import type { Traffic } from './shop/traffic.ts';

/** What is broken on the range. */
export interface Faults {
  active(): Fault[];
  break(fault: Fault): Promise<void>;
  /** Without a kind or region it heals everything. */
  heal(what?: Healing): Promise<void>;
}

export interface FaultTargets {
  cluster: LivingCluster;
  databases: Databases;
  shops: Record<RegionName, Shop>;
  balancers: Record<RegionName, Listener>;
  gateway: Gateway;
  traffic: Traffic;
  delivery: Delivery;
  edgeSwitches: EdgeSwitches;
  inbox: Inbox;
  lost: Set<RegionName>;
  grey: Map<RegionName, GreyWay>;
}

/** Brings faults about and heals them, one after the other. */
export function createFaults(targets: FaultTargets): Faults {
  let active: Exclude<Fault, Damage>[] = [];
  let last: Promise<unknown> = Promise.resolve();

  function inTurn(act: () => Promise<void>): Promise<void> {
    const turn = last.then(act);
    last = turn.catch(() => undefined);
    return turn;
  }

  return {
    active: () => [...active],
    break: (fault) =>
      inTurn(async () => {
        // Damaged data is no state that a heal could end.
        if (isDamage(fault)) return bring(targets, fault);
        active = [...active.filter((other) => !isReplacedBy(other, fault)), fault];
        await bring(targets, fault);
      }),
    heal: (what = {}) =>
      inTurn(async () => {
        const healed = active.filter((fault) => matches(fault, what));
        active = active.filter((fault) => !healed.includes(fault));
        for (const fault of healed) await undo(targets, fault, active);
      }),
  };
}

type Damage = Extract<Fault, { kind: 'corrupt-rows' | 'corrupt-page' | 'corrupt-index' }>;

async function bring(targets: FaultTargets, fault: Fault): Promise<void> {
  const { cluster, delivery, databases, edgeSwitches, shops, balancers, gateway, inbox, lost } = targets;
  switch (fault.kind) {
    case 'lose-region': {
      const { region: name } = fault;
      lost.add(name);
      // All at the same moment, as when the power goes.
      await Promise.all([databases.lose(name), cluster.lose(name), balancers[name].close(), shops[name].lose(), gateway.loseRegion(name)]);
      return;
    }
    case 'grey-region':
      return setGrey(targets, fault.region, fault.how);
    case 'crash-database':
      return databases.crash(fault.region);
    case 'lag-replica':
      cluster.setLag(fault.ms);
      return databases.setLag(fault.ms);
    case 'corrupt-rows':
    case 'corrupt-page':
    case 'corrupt-index':
      return databases.damage(fault);
    case 'crash-shop':
      return shops[fault.region].misbehave('crash');
    case 'hang-shop':
      return shops[fault.region].misbehave('hang');
    case 'bad-release':
      return want(delivery, fault, releases.bad);
    case 'aws':
      return gateway.fault(fault);
    case 'arc-endpoints-down':
      return gateway.arc?.down(fault.count);
    case 'slow-switches':
      return edgeSwitches.answerLate(fault.ms);
    case 'inbox-down':
      return inbox.down(fault.which ?? services, fault.how ?? 'refuse');
  }
}

const bothRegions: RegionName[] = ['east', 'west'];

async function undo(targets: FaultTargets, fault: Exclude<Fault, Damage>, left: Fault[]): Promise<void> {
  const { cluster, databases, edgeSwitches, shops, balancers, gateway, inbox, lost } = targets;
  switch (fault.kind) {
    case 'lose-region': {
      const { region: name } = fault;
      lost.delete(name);
      shops[name].heal();
      await Promise.all([databases.heal(name), cluster.heal(name), balancers[name].open(), gateway.healRegion(name)]);
      return;
    }
    case 'grey-region':
      return setGrey(targets, fault.region, undefined);
    case 'crash-database':
      return lost.has(fault.region) ? undefined : databases.heal(fault.region);
    case 'lag-replica':
      cluster.setLag(0);
      return databases.setLag(0);
    case 'crash-shop':
    case 'hang-shop': {
      await shops[fault.region].misbehave(undefined);
      const other = left.find((one) => one.kind !== fault.kind && isShopFault(one) && one.region === fault.region);
      return other && bring(targets, other);
    }
    case 'bad-release':
      return want(targets.delivery, fault, releases.usual);
    case 'aws':
      return gateway.healFaults();
    case 'arc-endpoints-down':
      return gateway.arc?.down(0);
    case 'slow-switches':
      return edgeSwitches.answerLate(0);
    case 'inbox-down':
      return inbox.up();
  }
}

function setGrey({ cluster, databases, gateway, grey }: FaultTargets, region: RegionName, how: GreyWay | undefined): void {
  if (how) grey.set(region, how);
  else grey.delete(region);
  for (const part of [cluster, databases, gateway]) part.setGrey(region, how);
}

function isDamage(fault: Fault): fault is Damage {
  return fault.kind.startsWith('corrupt-');
}

/** The repository says so from now on; the robot brings it out unless it is paused. */
function want(delivery: Delivery, { region: only }: { region?: RegionName }, release: Release): void {
  for (const name of only ? [only] : bothRegions) delivery.want(name, release);
}

function isShopFault(fault: Fault): fault is Extract<Fault, { kind: 'crash-shop' | 'hang-shop' }> {
  return fault.kind === 'crash-shop' || fault.kind === 'hang-shop';
}

function regionOf(fault: Fault): RegionName | undefined {
  return 'region' in fault ? fault.region : undefined;
}

/** A fault at the same place takes the other's place; calls to AWS and services of the inbox can each have several. */
function isReplacedBy(one: Fault, other: Fault): boolean {
  return one.kind === other.kind && one.kind !== 'aws' && one.kind !== 'inbox-down' && regionOf(one) === regionOf(other);
}

function matches(fault: Fault, { kind, region: place }: Healing): boolean {
  return (kind === undefined || fault.kind === kind) && (place === undefined || regionOf(fault) === place);
}
