import { ApplicationFailure } from '@temporalio/common';
import type { LeaseAnswer } from '../../src/workflows/lifecycle/leases.ts';
import type { RegionMove } from '../../src/workflows/plans/plan.ts';

type Asked = { region?: string; desired?: number; weights?: Record<string, number> };

/** Two regions made of answers: every change is noted in order, and fails when told to. */
export function fakeRegions() {
  const done: string[] = [];
  const failing = new Map<string, string>();
  const state = { primaryReachable: true, planned: true, lagMs: 100, lost: 0, seenDown: 0 };
  const fail = (name: string) => {
    const failure = failing.get(name);
    if (failure) throw ApplicationFailure.nonRetryable(`${name} does not work`, failure);
  };
  const change = (name: string) => async (asked: Asked) => {
    fail(name);
    const detail = asked.desired ?? (asked.weights ? Object.values(asked.weights).join('/') : undefined);
    done.push([name, asked.region, detail].filter((part) => part !== undefined).join(' '));
    return { lsn: '0/1', weights: {} };
  };
  const check =
    (name: string, answer: unknown = undefined) =>
    async () => {
      fail(name);
      return answer;
    };
  const promoted = { verdict: 'proven', why: 'a test' };
  const seen = { readings: 10, good: 10, bad: 0, missing: 0, errorRate: 0, worstMs: 5 };
  const changes = [
    ...['setCapacity', 'suspendScaling', 'resumeScaling', 'fenceDatabase', 'unfenceDatabase', 'promoteDatabase', 'pointDatabaseRecord'],
    ...['shiftTraffic', 'proveOrder', 'protectDatabase', 'setAsideDatabase', 'createReplica'],
  ];
  return {
    ...{ done, failing, state },
    activities: {
      ...Object.fromEntries(changes.map((name) => [name, change(name)])),
      readCapacity: check('readCapacity', { desired: 1, min: 1, max: 6, inService: 1, suspended: false }),
      targetHealth: check('targetHealth', { healthy: 1, total: 1, reasons: [] }),
      awaitHealthyTargets: check('awaitHealthyTargets'),
      awaitCaughtUp: check('awaitCaughtUp'),
      awaitOldAnswers: check('awaitOldAnswers', { waitedMs: 1_000 }),
      callerIdentity: check('callerIdentity', { account: '1', arn: 'arn:aws:iam::1:user/practice' }),
      quotas: check('quotas', [{ quota: 'L-1216C47A', needed: 6, have: 64 }]),
      readRecordSets: check('readRecordSets', [
        { region: 'east', set: 'east', weight: 100, value: 'east.lb.', ttl: 1 },
        { region: 'west', set: 'west', weight: 0, value: 'west.lb.', ttl: 1 },
      ]),
      describeDatabase: async ({ region }: Asked) => ({
        instance: `orders-${region}`,
        status: 'available',
        role: region === 'west' ? 'replica' : 'primary',
      }),
      replicationState: async ({ region }: Asked) =>
        region === 'west'
          ? { reachable: true, inRecovery: true, lastReplayedAt: '2026-11-21T03:00:00Z', lagMs: state.lagMs, replayLsn: '0/1', writers: 0 }
          : { reachable: state.primaryReachable, inRecovery: false, lastReplayedAt: null, lagMs: null, replayLsn: '0/1', writers: 0 },
      ...{ readReturn: check('readReturn', promoted), awaitReturn: check('awaitReturn', promoted) },
      missingOrders: async () => ({ acknowledged: 100, missing: [], count: state.lost, lostMs: state.planned ? 0 : state.lagMs }),
      checkIntegrity: check('checkIntegrity', [{ name: 'whole', value: 0, expected: 0, holds: true }]),
      vantage: async () =>
        ['control room', 'edge', 'peer'].map((name, index) => ({ name, healthy: index >= state.seenDown, detail: 'a test', ms: 1 })),
      observeService: check('observeService', seen),
      customersOutage: check('customersOutage', { startedAt: null, endedAt: null, totalMs: 0, failed: 0, over: true }),
      acquireLeases: async (): Promise<LeaseAnswer> => ({ granted: true }),
      releaseLeases: async () => undefined,
      archiveRun: async () => ({ folder: '', files: [], hash: '' }),
      notifySlack: async () => ({ sent: true }),
      notifyPagerDuty: async () => ({ sent: true }),
      notifyStatuspage: async () => ({ sent: true }),
    },
  };
}

/** A plan as the environment would resolve it, from east to west. */
export const plan: Omit<RegionMove, 'run'> = {
  ...{ service: 'shop', title: 'The shop', database: 'orders', dns: 'shop', from: 'east', to: 'west', planned: true },
  ...{ orchestratorRegion: 'elsewhere', capacity: 3, targets: { rtoMs: 60_000, rpoMs: 5_000 }, maxLagMs: 5_000 },
  approval: {
    ...{ duty: 'incident-commander', quorum: 2, stronger: { duty: 'data-owner', quorum: 2 }, escalateTo: ['vp'] },
    ...{ withinMs: 15 * 60_000, expiresAfterMs: 60 * 60_000 },
  },
  traffic: { stages: [34, 100], stageForMs: 2_000, watchForMs: 4_000, errorRate: 0.05 },
  coolDownMs: 60_000,
};
