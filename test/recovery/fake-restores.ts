import type { DatabasePlan } from '../../src/workflows/plans/plan.ts';
import { fakes, type Fakes } from './fakes.ts';

type Asked = Record<string, unknown> & {
  instance: string;
  region: string;
  at: string;
  from: string;
  to: string;
  endpoint: { host: string };
};

/** What the fake databases say; tests change it before a run. */
export interface FakeDatabases extends Fakes {
  state: {
    window: { earliest: string | null; latest: string | null };
    /** Whether the data was whole at a time. */
    wholeAt: (at: string) => boolean;
    writes: number;
    differences: { setting: string; source: unknown; restored: unknown }[];
    source: { role: string; status: string };
    marker: string | null;
    fenced: boolean;
  };
  /** Instances beside the usual ones, with the time that they were restored to. */
  instances: Map<string, string>;
}

export const good = '2026-11-20T10:00:00.000Z';
export const bad = '2026-11-20T11:00:00.000Z';

/** An RDS and a PostgreSQL made of answers: copies are there from their restore to their removal, and follow their names. */
export function fakeDatabases(): FakeDatabases {
  const instances = new Map<string, string>();
  const state: FakeDatabases['state'] = {
    window: { earliest: '2026-11-14T10:00:00.000Z', latest: '2026-11-20T12:00:00.000Z' },
    wholeAt: () => true,
    writes: 0,
    differences: [],
    source: { role: 'primary', status: 'available' },
    marker: null,
    fenced: true,
  };
  const holds = (at: string) => ({
    checks: [{ name: 'whole', value: 0, expected: 0, holds: state.wholeAt(at) }],
    ...{ newest: { id: '1', at }, rows: 100, bytes: 10_000_000, timeline: 2 },
  });
  const made = fakes({
    describeDatabase: ({ region }: Asked) =>
      region === 'west'
        ? { instance: 'orders-west', role: 'replica', status: 'available' }
        : { instance: 'orders-east', ...state.source, host: 'live', port: 5432 },
    describeInstance: ({ instance }: Asked) =>
      instances.has(instance) || instance === 'orders-east'
        ? { instance, role: 'primary', status: 'available', host: instance, port: 5432 }
        : { instance, role: 'absent', status: '', host: null, port: null },
    restoreWindow: () => ({ instance: 'orders-east', status: 'available', ...state.window }),
    restoreToTime: ({ instance, at }: Asked) => void instances.set(instance, at),
    removeInstance: ({ instance }: Asked) => void instances.delete(instance),
    renameDatabase: ({ from, to }: Asked) => {
      if (to !== 'orders-east') instances.set(to, instances.get(from) ?? good);
      if (from !== 'orders-east') instances.delete(from);
    },
    compareSettings: () => state.differences,
    writesAfter: () => ({
      count: state.writes,
      ...(state.writes === 0 ? { first: null, last: null, writes: [] } : { first: bad, last: bad, writes: [{ id: '7', at: bad }] }),
    }),
    lastGoodMarker: () => ({ at: state.marker }),
    examineCopy: ({ endpoint }: Asked) => holds(instances.get(endpoint.host) ?? good),
    examineDatabase: () => holds(good),
    warmUp: { relations: 3, pages: 12, ms: 5, how: 'scan', complete: true },
    replicationState: () => ({ reachable: true, fenced: state.fenced, lagMs: 100, replayLsn: '0/1', writers: 0 }),
    observeService: { readings: 10, good: 10, bad: 0, missing: 0, errorRate: 0, worstMs: 5 },
    customersOutage: { startedAt: null, endedAt: null, totalMs: 1_200, failed: 3, over: true },
  });
  return Object.assign(made, { state, instances });
}

/** Marks of the run are random; `#` stands for them. */
export const plainly = (texts: readonly string[]): string[] => texts.map((text) => text.replace(/(-|^)[0-9a-f]{8}(?= |$)/g, '$1#'));

/** A plan as the environment would resolve it, on the database in the east. */
export const databasePlan: Omit<DatabasePlan, 'run'> = {
  ...{ service: 'shop', title: 'The shop', database: 'orders', region: 'east', instance: 'orders-east', otherRegions: ['west'] },
  targets: { rtoMs: 60_000, rpoMs: 5_000 },
  approval: {
    ...{ duty: 'incident-commander', quorum: 2, stronger: { duty: 'data-owner', quorum: 2 }, escalateTo: ['vp'] },
    ...{ withinMs: 15 * 60_000, expiresAfterMs: 60 * 60_000 },
  },
  watch: { forMs: 4_000, errorRate: 0.05 },
};
