import assert from 'node:assert/strict';
import type { SnapshotRestore } from '../../src/workflows/plans/snapshot-plan.ts';
import { eventually } from '../eventually.ts';
import type { TestRun } from '../kit/harness.ts';
import { approveAll, atRest, everyWay } from './every-way.ts';
import { plan as move } from './fake-regions.ts';
import { fakes, type Fakes } from './fakes.ts';

const plan: Omit<SnapshotRestore, 'run'> = {
  ...{ ...move, planned: false, instance: 'orders-west', engine: 'postgres', despiteReplica: false },
  protection: { multiAz: true, alarms: ['storage'] },
};
const snapshot = (id: string, more: object = {}) => ({
  ...{ id, status: 'available', createdAt: '2026-11-21T03:00:00.000Z', operation: null, automated: false, engine: 'postgres' },
  ...{ engineVersion: '18.1', instanceClass: 'db.m7g.large', storageGb: 100, encrypted: false, kmsKeyId: null },
  ...{ sourceInstance: 'orders-east', sourceRegion: 'us-east-2', ...more },
});

/** East is lost; west has a useless replica under the usual name, and three snapshots. */
const lost = (answers: Record<string, unknown> = {}) => {
  const state = { inWest: 'replica', orders: 40, newest: '2026-11-21T03:00:04.000Z', missing: 40, broken: false };
  const made = fakes({
    listSnapshots: [snapshot('copy-2', { status: 'creating' }), snapshot('copy-1'), snapshot('copy-0')],
    describeDatabase: ({ region }: { region: string }) =>
      region === 'east'
        ? { reachable: false, instance: 'orders-east', role: 'unknown', status: '' }
        : { reachable: true, instance: 'orders-west', role: state.inWest, status: state.inWest === 'absent' ? '' : 'available' },
    describeInstance: ({ instance }: { instance: string }) => ({
      reachable: true,
      instance: 'orders-west',
      role: 'primary',
      status: 'available',
      host: '127.0.0.1',
      port: 5402,
      asked: instance,
    }),
    instanceClassOffered: { instanceClass: 'db.m7g.large', offered: true, zones: 3, multiAz: true },
    databaseQuota: { quota: 'DB instances (L-7B6409FD)', needed: 2, have: 40 },
    acknowledgedSince: () => ({ count: state.orders, newest: state.newest }),
    examineCopy: () => ({
      checks: [{ name: 'whole', value: 0, expected: 0, holds: !state.broken }],
      newest: null,
      rows: 7,
      bytes: 1,
      timeline: 2,
    }),
    // Under the region's own name answers the replica of today, which lacks none of them.
    missingInRestored: ({ endpoint }: { endpoint?: object }) => ({
      ...{ acknowledged: 100, missing: [], lostMs: 4_000 },
      count: endpoint || state.inWest === 'absent' ? state.missing : 0,
    }),
    fenceDatabase: { lsn: '0/2' },
    vantage: ['control room', 'edge'].map((name) => ({ name, healthy: false, detail: 'no answer', ms: 1 })),
    readCapacity: { desired: 1, min: 1, max: 6, inService: 1, suspended: false },
    quotas: [{ quota: 'L-1216C47A', needed: 6, have: 64 }],
    callerIdentity: { account: '1', arn: 'arn:aws:iam::1:user/practice' },
    readRecordSets: ['east', 'west'].map((region) => ({ region, set: region, weight: 50, value: `${region}.lb.`, ttl: 1 })),
    observeService: { readings: 10, good: 10, bad: 0, missing: 0, errorRate: 0, worstMs: 5 },
    customersOutage: { startedAt: null, endedAt: null, totalMs: 0, failed: 0, over: true },
    ...answers,
  });
  return Object.assign(made, { state });
};
type Lost = ReturnType<typeof lost>;
const answeringEast = ({ region }: { region: string }) => ({
  ...{ reachable: region === 'east', inRecovery: false, lagMs: null, lastReplayedAt: null, replayLsn: '0/2', writers: 0 },
});

describe('restoreFromSnapshot', function () {
  this.timeout(120_000);
  // The old primary still answers here, so that every change is made by the run itself and none by what it leaves behind.
  const bench = everyWay({ workflow: 'restoreFromSnapshot', plan, tools: () => lost({ replicationState: answeringEast }) });
  const unreachable = { reachable: false, inRecovery: null, lagMs: null, lastReplayedAt: null, replayLsn: null, writers: null };
  const go = (test: (run: TestRun) => Promise<void>, more: { plan?: object; prepare?: (made: Lost) => void } = {}) =>
    bench.run('restoreFromSnapshot', test, {
      plan: { ...plan, ...more.plan },
      prepare: (made: Fakes) => {
        made.answers['replicationState'] = unreachable;
        more.prepare?.(made as Lost);
      },
    });
  const paused = (run: TestRun) => run.seen('a paused run', ({ state }) => state === 'pausedByFailedStep');
  const done = () =>
    bench.tools.done
      .map((act) => act.replace(/orders-west-(aside|restored)-\w+/, '$1'))
      .filter((act) => !/setCapacity|Scaling|fenceDatabase east/.test(act));
  const prepared = ['restoreSnapshot west restored'];
  const swapped = ['renameDatabase west aside', 'renameDatabase west orders-west'];

  it('restores beside the replica while people decide, and only then fences, counts what is lost, and gives it name, service and customers', async () => {
    await go(async (run) => {
      await eventually('the restore before any approval', done, (acts) => acts.length === 1);
      await atRest(run);
      assert.deepEqual(done(), prepared, 'the replica has its name until somebody has approved');
      const view = await approveAll(run);
      assert.equal(view.state, 'completed', view.status);
      assert.deepEqual(done(), [
        ...[...prepared, ...swapped, 'unfenceDatabase west', 'pointDatabaseRecord west', 'proveOrder west', 'shiftTraffic', 'shiftTraffic'],
        ...['protectDatabase west', 'setMultiAz west', 'protectWithAlarms west'],
      ]);
      assert.deepEqual(view.measures['snapshot'], { id: 'copy-1', createdAt: '2026-11-21T03:00:00.000Z' });
      await eventually(
        'the fence on return',
        () => bench.tools.done,
        (acts) => acts.includes('fenceDatabase east'),
      );
    });
  });

  it('shows the age of the snapshot and the acknowledged orders since, and asks for the stronger approval', async () => {
    await go(async (run) => {
      await run.gate();
      const [gate] = (await run.view()).gates;
      const value = (name: string) => gate!.facts.find((fact) => fact.name === name)?.value;
      assert.equal(gate!.of, 'data-owner', 'the old primary is not fenced');
      assert.equal(value('age of the snapshot when the last order was acknowledged'), 4_000);
      assert.equal(value('acknowledged orders since the snapshot, at most'), 40);
      assert.equal(value('passed over copy-2'), 'copy-2: needed status available, have creating');
    });
  });

  it('takes back what it prepared, newest first, when it is not wanted', async () => {
    await go(async (run) => {
      await eventually('the restore', done, (acts) => acts.length === 1);
      const gate = await run.gate();
      await atRest(run);
      await run.command('decline', { ...gate, by: 'ana', comment: 'east is coming back' });
      await run.seen('the end', ({ state }) => state === 'canceled');
      assert.deepEqual(done(), [...prepared, 'removeInstance west restored']);
    });
  });

  it('does not set anything aside when the name is free', async () => {
    await go(
      async (run) => {
        await approveAll(run);
        assert.equal(done()[0], 'restoreSnapshot west orders-west');
      },
      { prepare: ({ state }) => (state.inWest = 'absent') },
    );
  });

  const unusable: [string, (made: Lost) => void, object, RegExp][] = [
    ['there is no snapshot', (made) => (made.answers['listSnapshots'] = []), {}, /no usable snapshot of orders in west: there is none/],
    [
      'all of them are of another engine',
      (made) => (made.answers['listSnapshots'] = [snapshot('other', { engine: 'mysql' })]),
      {},
      /other: needed the engine postgres, have mysql/,
    ],
    [
      'its key cannot be used there',
      (made) => {
        made.answers['listSnapshots'] = [snapshot('locked', { encrypted: true, kmsKeyId: 'k-1' })];
        made.answers['keyUsable'] = { keyId: 'k-1', usable: false, state: 'PendingDeletion' };
      },
      {},
      /locked: its key k-1 is PendingDeletion in west/,
    ],
    [
      'the one that was asked for is not there',
      () => undefined,
      { snapshot: 'copy-9' },
      /the snapshot copy-9 in west cannot be used: there is none/,
    ],
    [
      'its class is not offered there',
      (made) => (made.answers['instanceClassOffered'] = { instanceClass: 'db.m7g.large', offered: false, zones: 0, multiAz: false }),
      {},
      /RDS in west does not offer db\.m7g\.large for postgres 18\.1/,
    ],
    [
      'the account may have no more instances',
      (made) => (made.answers['databaseQuota'] = { quota: 'DB instances (L-7B6409FD)', needed: 41, have: 40 }),
      {},
      /quota DB instances \(L-7B6409FD\) in west: needed 41, have 40/,
    ],
    [
      'a replica answers that has more',
      (made) => (made.answers['replicationState'] = { reachable: true, inRecovery: true, lastReplayedAt: '2026-11-21T03:00:03Z' }),
      {},
      /orders-west in west answers and has data up to .*: promote it/,
    ],
    ['the region has a primary', ({ state }) => (state.inWest = 'primary'), {}, /orders-west in west is a primary/],
  ];
  for (const [why, prepare, more, reason] of unusable) {
    it(`changes nothing when ${why}`, async () => {
      await go(
        async (run) => {
          assert.match((await paused(run)).status, reason);
          assert.deepEqual(bench.tools.done, []);
        },
        { prepare, plan: more },
      );
    });
  }

  it('restores although a replica answers when it is told that its data is bad', async () => {
    await go(
      async (run) => {
        await eventually('the restore', done, (acts) => acts.length === 1);
        assert.deepEqual(done(), prepared);
        assert.equal((await run.view()).state, 'pendingApproval');
      },
      {
        plan: { despiteReplica: true },
        prepare: (made) => {
          const west = {
            reachable: true,
            inRecovery: true,
            lastReplayedAt: '2026-11-21T03:00:03Z',
            lagMs: 1,
            replayLsn: '0/1',
            writers: 0,
          };
          const east = { reachable: false, inRecovery: null };
          made.answers['replicationState'] = ({ region }: { region: string }) => (region === 'west' ? west : east);
        },
      },
    );
  });

  it('passes over a snapshot whose key is gone and takes the one before it', async () => {
    await go(
      async (run) => {
        await run.gate();
        assert.deepEqual((await run.view()).measures['snapshot'], { id: 'older', createdAt: '2026-11-21T02:00:00.000Z' });
      },
      {
        prepare: (made) => {
          const older = { createdAt: '2026-11-21T02:00:00.000Z' };
          made.answers['listSnapshots'] = [snapshot('locked', { encrypted: true, kmsKeyId: 'k-1' }), snapshot('older', older)];
          made.answers['keyUsable'] = { keyId: 'k-1', usable: false, state: 'not there' };
        },
      },
    );
  });

  it('asks a person when the restored data is not whole, before anything points at it', async () => {
    await go(
      async (run) => {
        const { status } = await approveAll(run, ({ state }) => state === 'pausedByFailedStep');
        assert.match(status, /restored data is whole" failed: does not hold: whole/);
        assert.ok(!bench.tools.done.includes('pointDatabaseRecord west'));
      },
      { prepare: ({ state }) => (state.broken = true) },
    );
  });

  for (const inWest of ['absent', 'replica'])
    it(`asks anew when the restored database lacks more orders than people approved, with the name of the region's own ${inWest === 'absent' ? 'free' : 'still a replica’s'}`, async () => {
      await go(
        async (run) => {
          const view = await approveAll(run, ({ gates }) => gates.length === 2);
          assert.deepEqual(
            [view.gates[1]!.question, view.gates[1]!.of],
            ['Lose 90 acknowledged orders, more than were approved?', 'data-owner'],
          );
          assert.ok(!bench.tools.done.includes('pointDatabaseRecord west'));
        },
        { plan: { despiteReplica: true }, prepare: ({ state }) => Object.assign(state, { inWest, missing: 90 }) },
      );
    });
});
