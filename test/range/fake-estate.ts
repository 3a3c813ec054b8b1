import { setTimeout as delay } from 'node:timers/promises';
import type { RegionName } from '../../src/range/contract.ts';
import type { DatabaseState, Estate, InstanceState } from '../../src/range/estate.ts';

export interface FakeEstate extends Estate {
  /** What the gateway asked for, in words, e.g. `promote orders-west`. */
  readonly done: string[];
  readonly databases: Map<string, DatabaseState>;
  readonly groups: Map<string, { desired: number; instances: InstanceState[] }>;
}

/** An estate in memory: work takes 50 ms, instances boot at once unless a test says otherwise. */
export function fakeEstate(): FakeEstate {
  const done: string[] = [];
  const databases = new Map<string, DatabaseState>();
  const groups: FakeEstate['groups'] = new Map();
  const put = (state: Omit<DatabaseState, 'host' | 'running'>) =>
    databases.set(state.instance, { host: '127.0.0.1', running: true, ...state });
  put({ instance: 'orders-east', region: 'east', port: 5401, role: 'primary', lagMs: null });
  put({ instance: 'orders-west', region: 'west', port: 5402, role: 'replica', source: 'orders-east', lagMs: 1_250 });

  const setCapacity = (group: string, desired: number) => {
    done.push(`capacity ${group} ${desired}`);
    const instances = Array.from({ length: desired }, (_, index): InstanceState => {
      return { id: `i-${group}-${index}`, state: 'inService', port: 9_000 + index, ready: true };
    });
    groups.set(group, { desired, instances });
  };
  setCapacity('shop-east', 3);
  setCapacity('shop-west', 1);
  done.length = 0;

  const act = async (words: string, change: () => void) => {
    done.push(words);
    await delay(50);
    change();
  };
  return {
    done,
    databases,
    groups,
    database: (instance) => databases.get(instance),
    promote: (instance) =>
      act(`promote ${instance}`, () => {
        const { source: _, ...rest } = databases.get(instance)!;
        databases.set(instance, { ...rest, role: 'primary', lagMs: null });
      }),
    createReplica: (instance, region: RegionName, source) =>
      act(`create ${instance} in ${region} of ${source}`, () => put({ instance, region, port: 5403, role: 'replica', source, lagMs: 0 })),
    rename: (instance, to) =>
      act(`rename ${instance} to ${to}`, () => {
        const state = databases.get(instance)!;
        databases.delete(instance);
        databases.set(to, { ...state, instance: to });
      }),
    remove: (instance) => act(`remove ${instance}`, () => databases.delete(instance)),
    setCapacity,
    capacity: (group) => groups.get(group),
    lost: () => false,
  };
}
