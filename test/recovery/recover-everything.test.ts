import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import type { RunView } from '../../src/workflows/messages.ts';
import { benchFor, type TestRun } from '../kit/harness.ts';
import { fakes } from './fakes.ts';

/** The server that skips time is far ahead of ours. */
const latest = '2999-11-21T03:00:00.000Z';
const child = (workflow: string, plan = {}) => ({ workflow, title: workflow, plan });
const parts = {
  region: child('failOverRegion'),
  database: child('restoreDatabaseToPointInTime'),
  application: child('rollBackDeployment'),
};
const plan = {
  ...{ service: 'shop', title: 'The shop', database: 'orders', to: 'west', capacity: 3, parts },
  ...{ targets: { rtoMs: 60_000, rpoMs: 5_000 }, leases: ['database/orders', 'traffic/shop'], watch: { forMs: 1_000, errorRate: 0.05 } },
};
const well = () =>
  fakes({
    ...{ restoreWindow: { instance: 'orders-west', latest, earliest: latest, status: 'available' } },
    ...{ readAlarms: [{ name: 'cpu', asWanted: true, state: 'OK' }], awaitHealthyTargets: { healthy: 3, total: 3, reasons: [] } },
    ...{
      databaseConnections: { detail: '9 of 100' },
      signInWorks: { detail: 'in' },
      metricsFlow: { detail: 'fresh' },
      logsFlow: { detail: 'fresh' },
    },
    ...{ observeService: { readings: 10, good: 10, bad: 0, missing: 0, errorRate: 0, worstMs: 5 } },
    ...{ missingOrders: { acknowledged: 9, missing: [], count: 0, lostMs: 0 }, checkIntegrity: [] },
    customersOutage: { startedAt: null, endedAt: null, totalMs: 0, failed: 0, over: true },
  });
const result = async (run: TestRun) => ((await run.handle.result()) as { state: string }).state;
const paused = (run: TestRun) => run.seen('a paused run', ({ state }) => state === 'pausedByFailedStep');

describe('recoverEverything', function () {
  this.timeout(60_000);
  const bench = benchFor(fileURLToPath(new URL('everything-workflows.ts', import.meta.url)), well);
  const viewOf = (id: string) => bench.env.client.workflow.getHandle(id).query<RunView>('view');

  it('recovers region, database and application one after the other, each as a run of its own, and then goes through the checklist', async () => {
    await bench.run(
      'recoverEverything',
      async (run) => {
        assert.equal(await result(run), 'completed');
        const { steps, measures } = await run.view();
        assert.deepEqual(
          bench.tools.done.map((act) => act.split(' ').slice(0, 2).join(' ')),
          ['setCapacity region', 'setCapacity database', 'setCapacity application', 'protectWithAlarms west', 'proveOrder'],
        );
        const children = steps.flatMap(({ child: id }) => (id ? [id] : []));
        assert.equal(children.length, 3);
        for (const id of children) assert.equal((await viewOf(id)).parent, (await run.view()).runId);
        assert.deepEqual((measures['validation'] as { passed: string[] }).passed.sort(), [
          ...['Alerting works', 'All critical services respond', 'Authentication works'],
          ...['Backups run', 'Database connections are healthy', 'Logs are collected', 'Monitoring works', 'What proves the service holds'],
        ]);
      },
      { plan },
    );
  });

  it('restores to the newest time when none is said, and to the said one otherwise', async () => {
    for (const [at, expected] of [
      [undefined, latest],
      ['2026-11-21T01:00:00Z', '2026-11-21T01:00:00Z'],
    ] as const) {
      await bench.run(
        'recoverEverything',
        async (run) => {
          await run.seen('the restore', () => bench.tools.done.some((act) => act.includes(expected)));
          await run.command('abort', { by: 'sam', how: 'leave', reason: 'seen enough' });
        },
        {
          plan: { ...plan, parts: { database: child('restoreDatabaseToPointInTime', at === undefined ? {} : { at }) } },
          prepare: ({ answers }) => (answers['restoreWindow'] = { instance: 'orders-west', latest, earliest: latest, status: 'available' }),
        },
      );
    }
  });

  it('leaves out the parts that nobody asked for', async () => {
    await bench.run(
      'recoverEverything',
      async (run) => {
        assert.equal(await result(run), 'completed');
        assert.deepEqual(bench.tools.done, ['setCapacity application', 'protectWithAlarms west', 'proveOrder']);
      },
      { plan: { ...plan, parts: { application: parts.application } } },
    );
  });

  it('waits for a person when a part does not end well, and when a line of the checklist does not hold', async () => {
    await bench.run(
      'recoverEverything',
      async (run) => {
        const { waitingFor } = await run.seen('the child that waits', (view) => view.waitingFor !== undefined);
        assert.match(waitingFor!.what, /"region" \(in .*bring-shop-to-west\)/);
        bench.tools.failAt = undefined;
        const id = (await run.view()).steps.find(({ child: known }) => known)!.child!;
        await bench.env.client.workflow.getHandle(id).executeUpdate('retryStep', { args: [{ by: 'sam' }] });
        const view = await paused(run);
        assert.match(view.status, /"Alerting works" failed: alarms that are missing or watch something else: cpu/);
        bench.tools.answers['readAlarms'] = [{ name: 'cpu', asWanted: true, state: 'OK' }];
        await run.command('retryStep', { by: 'sam' });
        assert.equal(await result(run), 'completed');
      },
      {
        plan,
        prepare: (made) => {
          made.failAt = 1;
          made.answers['readAlarms'] = [{ name: 'cpu', asWanted: false, state: null }];
        },
      },
    );
  });

  it('never counts a line that cannot be told as passed', async () => {
    await bench.run(
      'recoverEverything',
      async (run) => {
        assert.match((await paused(run)).status, /cannot tell: the environment names no alarms/);
        await run.command('skipStep', { by: 'sam', reason: 'alarms are looked at by hand' });
        assert.equal(await result(run), 'completedWithExceptions');
        assert.ok(!((await run.view()).measures['validation'] as { passed: string[] }).passed.includes('Alerting works'));
      },
      { plan: { ...plan, parts: {} }, prepare: ({ answers }) => (answers['readAlarms'] = []) },
    );
  });

  it('takes the part under way back when it is undone', async () => {
    await bench.run(
      'recoverEverything',
      async (run) => {
        await run.seen('the child that waits', (view) => view.waitingFor !== undefined);
        await run.command('undo', { by: 'sam', reason: 'a test' });
        assert.equal(await result(run), 'compensated');
        assert.deepEqual(bench.tools.done, ['setCapacity not region']);
      },
      { plan, prepare: (made) => (made.failAt = 1) },
    );
  });
});
