import assert from 'node:assert/strict';
import type { RestoreToTime } from '../../src/workflows/plans/restore-plan.ts';
import type { TestRun } from '../kit/harness.ts';
import { approveAll, everyWay } from './every-way.ts';
import { bad, databasePlan, fakeDatabases, good, plainly } from './fake-restores.ts';

const plan: Omit<RestoreToTime, 'run'> = { ...databasePlan, at: good, probes: 0 };
const { at: _, ...withoutTime } = plan;
const paused = (run: TestRun) => run.seen('a paused run', ({ state }) => state === 'pausedByFailedStep');
const minute = (count: number) => new Date(Date.parse(good) + count * 60_000).toISOString();

describe('restoreDatabaseToPointInTime', function () {
  this.timeout(120_000);
  const bench = everyWay({ workflow: 'restoreDatabaseToPointInTime', plan, tools: fakeDatabases });
  const run = (
    test: (run: TestRun) => Promise<void>,
    how: { plan?: object; prepare?: (made: ReturnType<typeof fakeDatabases>) => void } = {},
  ) =>
    bench.run('restoreDatabaseToPointInTime', test, { plan: how.plan ?? plan, ...(how.prepare ? { prepare: how.prepare as never } : {}) });
  const done = () => plainly(bench.tools.done);

  it('restores beside, closes both, changes the names and opens the restored one last; backups and the replica follow', () =>
    run(async (made) => {
      const view = await approveAll(made);
      assert.equal(view.state, 'completed', view.status);
      assert.deepEqual(done(), [
        'snapshotDatabase east',
        'restoreToTime east orders-east-restored-#',
        ...['fenceDatabase east', 'fenceDatabase east'],
        ...['renameDatabase east orders-east-aside-#', 'renameDatabase east orders-east'],
        'unfenceDatabase east',
        'proveOrder',
        'protectDatabase east',
        ...['setAsideDatabase west', 'createReplica west'],
      ]);
      const old = view.measures['oldDatabase'] as { instance: string };
      assert.match(old.instance, /^orders-east-aside-/);
      assert.deepEqual((view.measures['outage'] as { totalMs: number }).totalMs, 1_200);
    }));

  it('goes back until the restored database is opened: names, fence and copy, newest first', () =>
    run(
      async (made) => {
        await approveAll(made, ({ state }) => state === 'pausedByFailedStep');
        const before = bench.tools.done.length;
        bench.tools.failing.delete('awaitServer');
        await made.command('undo', { by: 'sam', reason: 'a test' });
        const view = await made.seen('the end', ({ state }) => state === 'compensated');
        assert.deepEqual(plainly(bench.tools.done.slice(before)), [
          'renameDatabase east orders-east-restored-#',
          'renameDatabase east orders-east',
          'unfenceDatabase east',
          'removeInstance east orders-east-restored-#',
        ]);
        assert.equal(view.pastPointOfNoReturn, false);
      },
      { prepare: ({ failing }) => failing.add('awaitServer') },
    ));

  it('cannot be undone by itself once customers may write to the restored one', () =>
    run(
      async (made) => {
        const view = await approveAll(made, ({ state }) => state === 'pausedByFailedStep');
        assert.ok(!view.verbs.includes('undo'));
      },
      { prepare: ({ failing }) => failing.add('proveOrder') },
    ));

  it('finds the last good time by halving between good and bad, and leaves no probe behind', () =>
    run(
      async (made) => {
        const view = await approveAll(made);
        assert.equal(view.state, 'completed', view.status);
        const { at, tried } = view.measures['restoreTo'] as { at: string; tried: { at: string; holds: boolean }[] };
        assert.deepEqual(
          tried.map((probe) => [probe.at, probe.holds]),
          [
            [minute(30), true],
            [minute(45), false],
            [new Date(Date.parse(minute(37)) + 30_000).toISOString(), true],
          ],
        );
        assert.equal(at, tried[2]!.at);
        assert.deepEqual(
          [...fakeInstances().keys()].filter((name) => name.includes('probe')),
          [],
        );
        assert.equal(done().filter((act) => act.startsWith('removeInstance')).length, 3);
      },
      {
        plan: { ...withoutTime, probes: 3, lastGood: good, badSince: bad },
        prepare: ({ state }) => (state.wholeAt = (at) => at < minute(40)),
      },
    ));

  it('starts from the last-good marker of the environment when nobody names a time', () =>
    run(
      async (made) => {
        const view = await approveAll(made);
        assert.equal((view.measures['restoreTo'] as { at: string }).at, minute(10));
      },
      { plan: { ...withoutTime, probes: 0 }, prepare: ({ state }) => (state.marker = minute(10)) },
    ));

  it('takes the time that was asked for when its probe is good, and an earlier one when it is not', async () => {
    for (const [from, expected] of [
      [-1, good],
      [60, minute(30)],
    ] as const) {
      await run(
        async (made) => {
          const view = await approveAll(made);
          assert.equal((view.measures['restoreTo'] as { at: string }).at, expected, view.status);
        },
        {
          plan: { ...plan, at: from < 0 ? good : minute(60), lastGood: minute(from < 0 ? -60 : 0), probes: 2 },
          prepare: ({ state }) => (state.wholeAt = (at) => at < minute(50)),
        },
      );
    }
  });

  it('does not choose a time at which no probe found the data whole', () =>
    run(
      async (made) => {
        assert.match((await paused(made)).status, /needed a time at which the data is whole, have none/);
        assert.equal(done().filter((act) => act.startsWith('snapshotDatabase')).length, 0);
      },
      { plan: { ...plan, probes: 2 }, prepare: ({ state }) => (state.wholeAt = () => false) },
    ));

  const refused: [string, object, (made: ReturnType<typeof fakeDatabases>) => void, RegExp][] = [
    [
      'a time before the window',
      { at: '2026-11-01T00:00:00Z' },
      () => {},
      /needed a time from 2026-11-14T10.* to 2026-11-20T12.*, have 2026-11-01T00/,
    ],
    ['a time after the last restorable one', { at: '2026-11-20T12:00:01Z' }, () => {}, /needed a time from .*, have 2026-11-20T12:00:01Z/],
    ['a source without backups', {}, ({ state }) => (state.window = { earliest: null, latest: null }), /needed automated backups/],
    [
      'a missing source',
      {},
      ({ state }) => (state.source = { role: 'absent', status: '' }),
      /orders-east in east: needed an available primary, have absent/,
    ],
    ['a replica as the source', {}, ({ state }) => (state.source.role = 'replica'), /needed an available primary, have replica available/],
    [
      'a name that is taken',
      { target: 'orders-copy' },
      ({ instances }) => instances.set('orders-copy', good),
      /orders-copy in east: needed a free name, have a primary that is available/,
    ],
  ];
  for (const [what, more, prepare, sentence] of refused) {
    it(`refuses ${what} before any change, with needed and have`, () =>
      run(
        async (made) => {
          assert.match((await paused(made)).status, sentence);
          assert.deepEqual(bench.tools.done, []);
        },
        { plan: { ...plan, ...more }, prepare: (made) => void prepare(made) },
      ));
  }

  it('asks for a time when there is neither one nor a marker', () =>
    run(
      async (made) => {
        assert.match((await paused(made)).status, /needed a time to restore to: have no at, no lastGood and no last-good marker/);
        assert.deepEqual(bench.tools.done, []);
      },
      { plan: { ...withoutTime, probes: 3 } },
    ));

  const asks: [string, (made: ReturnType<typeof fakeDatabases>) => void, string][] = [
    ['nothing is lost and nothing differs', () => {}, 'incident-commander'],
    ['writes would be lost', ({ state }) => (state.writes = 3), 'data-owner'],
    ['a setting differs', ({ state }) => (state.differences = [{ setting: 'MultiAZ', source: true, restored: false }]), 'data-owner'],
    ['the copy is not whole', ({ state }) => (state.wholeAt = () => false), 'data-owner'],
  ];
  for (const [when, prepare, duty] of asks) {
    it(`asks the ${duty} when ${when}, and says so in the facts`, () =>
      run(
        async (made) => {
          await made.gate();
          const [gate] = (await made.view()).gates;
          assert.equal(gate!.of, duty);
          if (duty === 'data-owner') assert.equal(gate!.facts[0]!.verdict, 'bad');
        },
        { prepare: (made) => void prepare(made) },
      ));
  }

  it('asks again after the fence when more would be lost than people approved', () =>
    run(async (made) => {
      const { gate, digest } = await made.gate();
      await made.command('approve', { gate, digest, by: 'ana' });
      const state = (bench.tools as ReturnType<typeof fakeDatabases>).state;
      bench.tools.answers['fenceDatabase'] = () => void (state.writes = 900);
      await made.command('approve', { gate, digest, by: 'ben' });
      const view = await made.seen('a second gate', ({ gates }) => gates.length === 2 && gates[1]!.state === 'open');
      assert.deepEqual([view.gates[1]!.question, view.gates[1]!.of], ['Lose 900 writes, more than were approved?', 'data-owner']);
      assert.ok(!done().some((act) => act.startsWith('renameDatabase')));
    }));

  it('goes on with a database that is fenced already: no second snapshot, and the fence is lifted when people decline', () =>
    run(
      async (made) => {
        const { gate, digest } = await made.gate();
        await made.command('decline', { gate, digest, by: 'ana', comment: 'no' });
        assert.equal((await made.seen('the end', ({ state }) => state === 'canceled')).state, 'canceled');
        assert.deepEqual(done(), [
          ...['fenceDatabase east', 'restoreToTime east orders-east-restored-#'],
          ...['removeInstance east orders-east-restored-#', 'unfenceDatabase east'],
        ]);
      },
      { plan: { ...plan, fenced: true } },
    ));

  const fakeInstances = () => (bench.tools as ReturnType<typeof fakeDatabases>).instances;
});
