import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { InstanceState } from '../estate.ts';
import { httpCall, errorCode } from '../net/http-call.ts';
import { createOrderStore, type OrderStoreOptions } from './order-store.ts';
import { releaseOf, releases } from './releases.ts';
import { createShopInstance, type ShopInstance } from './shop-instance.ts';

/** The order service of one region: as many instances as its Auto Scaling group wants. */
export interface Shop {
  readonly group: string;
  /** Finds its database and starts with instances that have booted long ago. */
  start(desired: number): Promise<void>;
  desired(): number;
  setCapacity(desired: number): void;
  /** Version of the launch template that new instances are made of. */
  setRelease(version: string): void;
  /** Starts an instance of that version for each of these, and ends the old ones when the new ones are ready; rejects when they never are. */
  replace(ids: string[], version: string): Promise<void>;
  /** Puts instances onto the list of the load balancer, or takes them off; false when it has none of one of these. */
  list(ids: string[], on: boolean): boolean;
  instances(): InstanceState[];
  /** Crashed instances refuse connections, hanging ones never answer; undefined heals both. */
  misbehave(how: 'crash' | 'hang' | undefined): Promise<void>;
  /** Everything stops at once. */
  lose(): Promise<void>;
  /** The wanted instances boot again. */
  heal(): void;
  stop(): Promise<void>;
}

interface Member {
  instance: ShopInstance;
  state: InstanceState;
  booting?: NodeJS.Timeout;
}

const usualBootMs = 700;
const readyWithinMs = 15_000;
const checkEveryMs = 250;
const checkWithinMs = 900;

export interface ShopOptions extends OrderStoreOptions {
  /** Password of the customers' account. */
  customer: string;
}

/** The shop of a region, closed until `start`. */
export function createShop(options: ShopOptions): Shop {
  const { region, customer } = options;
  const store = createOrderStore(options);
  let members: Member[] = [];
  let desired = 0;
  let release = releases.usual;
  let lost = false;
  let misbehaving: 'crash' | 'hang' | undefined;
  let changing = Promise.resolve();
  let checking: NodeJS.Timeout | undefined;
  let stopped = false;

  /** Starts or stops instances, one change at a time, until as many run as are wanted. */
  function adjust(wanted: number, bootMs = usualBootMs): Promise<void> {
    desired = wanted;
    changing = changing.then(async () => {
      while (!lost && members.length < desired) {
        const member = await boot(bootMs);
        members.push(member);
      }
      await Promise.all(members.splice(lost ? 0 : desired).map(terminate));
    });
    return changing;
  }

  async function boot(bootMs: number, of = release): Promise<Member> {
    const id = `i-${randomBytes(8).toString('hex')}`;
    const instance = await createShopInstance(id, region, store, customer, of);
    const made = { version: of.version, name: of.name };
    const state: InstanceState = { id, state: 'pending', port: instance.port, release: made, ready: false, reason: 'it boots' };
    const member: Member = { instance, state };
    member.booting = setTimeout(() => {
      state.state = 'inService';
      instance.hang(misbehaving === 'hang');
      if (misbehaving !== 'crash') void instance.open();
    }, bootMs);
    return member;
  }

  /** One change at a time with `adjust`, so that neither ends what the other one starts. */
  function replace(ids: string[], version: string): Promise<void> {
    const done = changing.then(async () => {
      const old = members.filter(({ state }) => ids.includes(state.id));
      const fresh = await Promise.all(old.map(() => boot(usualBootMs, releaseOf(version) ?? release)));
      members.push(...fresh);
      const giveUpAt = Date.now() + readyWithinMs;
      while (!lost && Date.now() < giveUpAt && !fresh.every(({ state }) => state.ready)) await delay(50);
      const well = fresh.every(({ state }) => state.ready);
      const going = lost ? [] : well ? old : fresh;
      members = members.filter((member) => !going.includes(member));
      await Promise.all(going.map(terminate));
      if (!well) throw new Error(`instances of version ${version} do not become ready`);
    });
    changing = done.catch(() => undefined);
    return done;
  }

  async function terminate({ instance, booting }: Member): Promise<void> {
    clearTimeout(booting);
    await instance.close();
  }

  async function check({ state }: Member): Promise<void> {
    if (state.state === 'pending') return;
    const reason = await notReadyBecause(state.port);
    state.ready = reason === undefined;
    if (reason === undefined) delete state.reason;
    else state.reason = reason;
  }

  async function keepChecking(): Promise<void> {
    await Promise.all(members.map(check));
    if (!stopped) checking = setTimeout(() => void keepChecking(), checkEveryMs);
  }

  return {
    group: `shop-${region}`,
    start: async (wanted) => {
      await store.start();
      await adjust(wanted, 0);
      void keepChecking();
    },
    desired: () => desired,
    setCapacity: (wanted) => void adjust(wanted),
    setRelease: (version) => (release = releaseOf(version) ?? release),
    replace,
    list: (ids, on) => {
      const found = members.filter(({ state }) => ids.includes(state.id));
      for (const { state } of found) {
        if (on) delete state.unlisted;
        else state.unlisted = true;
      }
      return found.length === ids.length;
    },
    instances: () => members.map(({ state }) => ({ ...state })),
    misbehave: async (how) => {
      misbehaving = how;
      const booted = members.filter(({ state }) => state.state === 'inService');
      for (const { instance } of booted) instance.hang(how === 'hang');
      await Promise.all(booted.map(({ instance }) => (how === 'crash' ? instance.close() : instance.open())));
    },
    lose: async () => {
      lost = true;
      store.drop();
      const going = members;
      members = [];
      await Promise.all(going.map(terminate));
    },
    heal: () => {
      lost = false;
      void adjust(desired);
    },
    stop: async () => {
      stopped = true;
      clearTimeout(checking);
      await adjust(0);
      await store.stop();
    },
  };
}

/** Asks an instance as a load balancer does: undefined when it can take orders. */
async function notReadyBecause(port: number): Promise<string | undefined> {
  try {
    const { status, body } = await httpCall(`http://127.0.0.1:${port}/health/ready`, { timeoutMs: checkWithinMs });
    if (status === 200) return undefined;
    return (JSON.parse(body) as { reason?: string }).reason ?? `answered ${status}`;
  } catch (error) {
    return `no answer (${errorCode(error)})`;
  }
}
