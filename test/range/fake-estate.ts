import { setTimeout as delay } from 'node:timers/promises';
import type { RegionName } from '../../src/range/contract.ts';
import type { DatabaseState, Estate, InstanceState } from '../../src/range/estate.ts';

export interface FakeEstate extends Estate {
  /** What the gateway asked for, in words, e.g. `promote orders-west`. */
  readonly done: string[];
  readonly databases: Map<string, DatabaseState>;
  readonly groups: Map<string, { desired: number; instances: InstanceState[] }>;
}

type Kept =
  'halt' | 'resume' | 'takeSnapshot' | 'copySnapshot' | 'dropSnapshot' | 'snapshotTakenAt' | 'restoreWindow' | 'dropBackups' | 'restore';

/** Snapshots without data; an automated one begins the restore window of its instance, which then ends a second ago. */
function kept(
  act: (words: string, change: () => void) => Promise<void>,
  databases: FakeEstate['databases'],
  put: (state: Omit<DatabaseState, 'host' | 'running'>) => void,
): Pick<Estate, Kept> {
  const snapshots = new Map<string, { takenAt: Date; backupOf?: string }>();
  const first = (instance: string) => [...snapshots.values()].find(({ backupOf }) => backupOf === instance);
  const set = (instance: string, running: boolean) => void databases.set(instance, { ...databases.get(instance)!, running });
  return {
    halt: (instance) => act(`halt ${instance}`, () => set(instance, false)),
    resume: (instance) => act(`resume ${instance}`, () => set(instance, true)),
    takeSnapshot: async (id, instance, kind) => {
      const keep = () => void snapshots.set(id, { takenAt: new Date(), ...(kind === 'automated' ? { backupOf: instance } : {}) });
      await (kind === 'automated' ? keep() : act(`snapshot ${instance}`, keep));
    },
    copySnapshot: (id, of) => act(`copy ${of} to ${id}`, () => snapshots.set(id, { takenAt: snapshots.get(of)!.takenAt })),
    dropSnapshot: (id) => act(`drop ${id}`, () => snapshots.delete(id)),
    snapshotTakenAt: (id) => snapshots.get(id)?.takenAt,
    restoreWindow: (instance) => {
      const earliest = first(instance)?.takenAt;
      return earliest && { earliest, latest: new Date(Math.max(Number(earliest), Date.now() - 1_000)) };
    },
    dropBackups: async (instance) => {
      for (const [id, { backupOf }] of snapshots) if (backupOf === instance) snapshots.delete(id);
    },
    restore: (instance, region, from) =>
      act(`restore ${instance} in ${region} ${'snapshot' in from ? `from ${from.snapshot}` : `of ${from.source}`}`, () =>
        put({ instance, region, port: 5410 + databases.size, role: 'primary', lagMs: null }),
      ),
  };
}

/** An estate in memory: work takes 50 ms, instances boot at once unless a test says otherwise. */
export function fakeEstate(): FakeEstate {
  const done: string[] = [];
  const databases = new Map<string, DatabaseState>();
  const groups: FakeEstate['groups'] = new Map();
  const releases = new Map<string, string>();
  const put = (state: Omit<DatabaseState, 'host' | 'running'>) =>
    databases.set(state.instance, { host: '127.0.0.1', running: true, ...state });
  put({ instance: 'orders-east', region: 'east', port: 5401, role: 'primary', lagMs: null });
  put({ instance: 'orders-west', region: 'west', port: 5402, role: 'replica', source: 'orders-east', lagMs: 1_250 });

  const setCapacity = (group: string, desired: number) => {
    done.push(`capacity ${group} ${desired}`);
    const instances = Array.from({ length: desired }, (_, index): InstanceState => {
      const version = releases.get(group) ?? '2';
      return { id: `i-${group}-${index}`, state: 'inService', port: 9_000 + index, ready: true, release: { version, name: version } };
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
    ...kept(act, databases, put),
    setCapacity,
    capacity: (group) => groups.get(group),
    list: () => true,
    setRelease: (group, version) => void releases.set(group, version),
    replace: (group, ids, version) =>
      act(`replace ${ids.length} of ${group} by version ${version}`, () => {
        const known = groups.get(group)!;
        const fresh = ids.map((id) => ({
          ...known.instances.find((one) => one.id === id)!,
          id: `${id}-${version}`,
          release: { version, name: version },
        }));
        known.instances = [...known.instances.filter(({ id }) => !ids.includes(id)), ...fresh];
      }),
    lost: () => false,
  };
}
