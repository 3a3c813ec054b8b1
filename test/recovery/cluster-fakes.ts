import type { ClusterMember, ClusterRegion, ClusterTopology } from '../../src/activities/rds/global-clusters.ts';
import type { ClusterPlan } from '../../src/workflows/plans/cluster-plan.ts';
import { fakes, type Fakes } from './fakes.ts';

/** A member that is well. */
export const member = (instance: string, writer: boolean, more: Partial<ClusterMember> = {}): ClusterMember => ({
  ...{ instance, writer, tier: writer ? 0 : 1, status: 'available', host: '127.0.0.1', port: 5432 },
  lag: writer ? null : { ms: 40, at: '2026-01-01T00:00:00.000Z' },
  ...more,
});

/** The part of the ledger in a region, well. */
export function part(region: 'east' | 'west', members: ClusterMember[], more: Partial<ClusterRegion> = {}): ClusterRegion {
  const lag = members.some(({ writer }) => writer) ? null : { ms: 400, at: '2026-01-01T00:00:00.000Z' };
  return {
    ...{ region, cluster: `ledger-${region}`, reachable: true, status: 'available', engine: 'aurora-postgresql' },
    ...{ arn: `arn:aws:rds:${region}:1:cluster:ledger-${region}`, members, lag },
    ...more,
  };
}

/** A part whose region is lost. */
export const silent = (region: 'east' | 'west', instances: string[]): ClusterRegion => ({
  ...part(region, []),
  ...{ reachable: false, status: '', engine: null, arn: null, lag: null },
  members: instances.map((instance) =>
    member(instance, false, { writer: null, status: '', host: null, port: null, lag: null, tier: null }),
  ),
});

/** The ledger as it is at the beginning: writer and reader in east, a secondary in west. */
export function ledger(more: Partial<ClusterTopology> = {}): ClusterTopology {
  return {
    ...{ cluster: 'ledger', engine: 'aurora-postgresql' },
    regions: [
      part('east', [member('ledger-east-1', true), member('ledger-east-2', false)]),
      part('west', [member('ledger-west-1', false)]),
    ],
    global: { id: 'ledger-global', status: 'available', home: 'east', movesTo: null },
    ...more,
  };
}

/** The same after its home was lost. */
export const eastIsLost = (): ClusterTopology => {
  const { regions } = ledger();
  return ledger({ regions: [silent('east', ['ledger-east-1', 'ledger-east-2']), regions[1]!] });
};

/** A plan without its request. */
export const clusterPlan = (more: Partial<ClusterPlan> = {}): Omit<ClusterPlan, 'run'> => ({
  ...{ cluster: 'ledger', title: 'The ledger', to: { member: 'ledger-east-2' }, planned: false, acceptDataLoss: false, service: null },
  targets: { rtoMs: 60_000, rpoMs: 5_000 },
  approval: {
    ...{ duty: 'incident-commander', quorum: 2, stronger: { duty: 'data-owner', quorum: 2 } },
    ...{ escalateTo: [], withinMs: 60_000, expiresAfterMs: 3_600_000 },
  },
  watch: { forMs: 1_000, errorRate: 0.05 },
  ...more,
});

/** Tools with which a cluster's failover goes through. */
export function clusterFakes(topology: () => ClusterTopology = ledger): Fakes {
  return fakes({
    describeCluster: topology,
    clusterState: { reachable: true, inRecovery: true, lastReplayedAt: '2026-01-01T00:00:00.000Z' },
    proveClusterWriter: ({ instance }: { instance: string }) => ({ writer: instance, at: '2026-01-01T00:00:00.000Z' }),
    proveFormerWriter: ({ instance }: { instance: string }) => ({ instance, reader: true, found: 'it answers as a reader' }),
    tryClusterWrite: { at: '2026-01-01T00:00:00.000Z' },
    measureWriteOutage: {
      ...{ totalMs: 1_200, startedAt: '2026-01-01T00:00:00.000Z', endedAt: '2026-01-01T00:00:01.200Z' },
      ...{ before: false, over: true, tries: 20, failed: 12 },
    },
    observeService: { readings: 4, good: 4, missing: 0, errorRate: 0 },
  });
}
