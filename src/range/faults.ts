import { z } from 'zod';
import type { Fault, InboxMessage, RegionName } from './contract.ts';
import type { Databases } from './databases/databases.ts';
import type { Gateway } from './aws/gateway.ts';
import type { Inbox } from './shop/inbox.ts';
import type { Listener } from './net/listener.ts';
import type { Shop } from './shop/shop.ts';

const region = z.enum(['east', 'west']);
const service = z.enum(['slack', 'pagerduty', 'statuspage']);
const milliseconds = z.int().min(0).max(600_000);

/** What may be asked of `break`. */
export const faultSchema: z.ZodType<Fault> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('lose-region'), region }),
  z.strictObject({ kind: z.literal('lag-replica'), ms: milliseconds }),
  z.strictObject({ kind: z.literal('crash-shop'), region }),
  z.strictObject({ kind: z.literal('hang-shop'), region }),
  z.strictObject({
    kind: z.literal('aws'),
    how: z.enum(['throttle', 'error', 'reset', 'stall']),
    when: z.enum(['before', 'after']),
    action: z.string().min(1),
    times: z.int().positive().exactOptional(),
    ms: milliseconds.exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('inbox-down'),
    which: z.array(service).min(1).exactOptional(),
    how: z.enum(['refuse', 'stall']).exactOptional(),
  }),
]);

/** Which faults to heal: all that match what is given. */
export const healSchema = z.strictObject({
  kind: z.enum(['lose-region', 'lag-replica', 'crash-shop', 'hang-shop', 'aws', 'inbox-down']).exactOptional(),
  region: region.exactOptional(),
});
export type Healing = z.output<typeof healSchema>;

/** What is broken on the range. */
export interface Faults {
  active(): Fault[];
  break(fault: Fault): Promise<void>;
  /** Without a kind or region it heals everything. */
  heal(what?: Healing): Promise<void>;
}

export interface FaultTargets {
  databases: Databases;
  shops: Record<RegionName, Shop>;
  balancers: Record<RegionName, Listener>;
  gateway: Gateway;
  inbox: Inbox;
  lost: Set<RegionName>;
}

/** Brings faults about and heals them, one after the other. */
export function createFaults(targets: FaultTargets): Faults {
  let active: Fault[] = [];
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

async function bring({ databases, shops, balancers, gateway, inbox, lost }: FaultTargets, fault: Fault): Promise<void> {
  switch (fault.kind) {
    case 'lose-region': {
      const { region: name } = fault;
      lost.add(name);
      // All at the same moment, as when the power goes.
      await Promise.all([databases.lose(name), balancers[name].close(), shops[name].lose(), gateway.loseRegion(name)]);
      return;
    }
    case 'lag-replica':
      return databases.setLag(fault.ms);
    case 'crash-shop':
      return shops[fault.region].misbehave('crash');
    case 'hang-shop':
      return shops[fault.region].misbehave('hang');
    case 'aws':
      return gateway.fault(fault);
    case 'inbox-down':
      return inbox.down(fault.which ?? allServices, fault.how ?? 'refuse');
  }
}

const allServices: InboxMessage['to'][] = ['slack', 'pagerduty', 'statuspage'];

async function undo(targets: FaultTargets, fault: Fault, left: Fault[]): Promise<void> {
  const { databases, shops, balancers, gateway, inbox, lost } = targets;
  switch (fault.kind) {
    case 'lose-region': {
      const { region: name } = fault;
      lost.delete(name);
      shops[name].heal();
      await Promise.all([databases.heal(name), balancers[name].open(), gateway.healRegion(name)]);
      return;
    }
    case 'lag-replica':
      return databases.setLag(0);
    case 'crash-shop':
    case 'hang-shop': {
      await shops[fault.region].misbehave(undefined);
      const other = left.find((one) => one.kind !== fault.kind && isShopFault(one) && one.region === fault.region);
      return other && bring(targets, other);
    }
    case 'aws':
      return gateway.healFaults();
    case 'inbox-down':
      return inbox.up();
  }
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
