import assert from 'node:assert/strict';
import type { RunView } from '../../src/workflows/messages.ts';
import { eventually } from '../eventually.ts';
import { timeSkippingBench } from './harness.ts';

describe('a run that another one starts', function () {
  this.timeout(30_000);
  const bench = timeSkippingBench();
  const viewOf = (id: string) => bench.env.client.workflow.getHandle(id).query<RunView>('view');
  const childOf = (view: RunView) => view.steps.find(({ kind }) => kind === 'run')!;

  it('is one step of it, works under its leases, and tells whose child it is', async () => {
    await bench.run(
      'withChild',
      async (run) => {
        assert.equal(((await run.handle.result()) as { state: string }).state, 'completed');
        const view = await run.view();
        const step = childOf(view);
        assert.equal(step.outcome, `${step.child} is completed`);
        const child = await viewOf(step.child!);
        assert.deepEqual([child.parent, child.state, child.requestedBy], [view.runId, 'completed', 'sam']);
        assert.deepEqual(
          bench.tools.done.filter((act) => !act.startsWith('release')),
          ['before', 'one', 'two', 'three', 'line', 'four', 'after'],
        );
        assert.deepEqual(
          bench.tools.done.filter((act) => act.startsWith('release')),
          [`release ${view.runId}`],
          'only the parent gives the leases back',
        );
      },
      { plan: { leases: ['database/orders'] } },
    );
  });

  it('that does not end well stops its parent, and a retry is a new run', async () => {
    await bench.run(
      'withChild',
      async (run) => {
        const first = childOf(await run.seen('the child', (view) => childOf(view)?.child !== undefined)).child!;
        const stuck = await eventually(
          'the stuck child',
          () => viewOf(first),
          ({ state }) => state === 'pausedByFailedStep',
        );
        assert.ok(stuck.verbs.includes('abort'));
        const waiting = await run.seen('the parent, which says that its child waits', ({ waitingFor }) => waitingFor !== undefined);
        assert.ok(waiting.waitingFor!.what.includes(`"Do two" (in ${first})`));
        await bench.env.client.workflow.getHandle(first).executeUpdate('abort', { args: [{ by: 'sam', how: 'undo', reason: 'no use' }] });
        const view = await run.seen('the stuck parent', ({ state }) => state === 'pausedByFailedStep');
        assert.match(view.status, /ended as compensated: ended by sam: no use/);
        bench.tools.failing.clear();
        await run.command('retryStep', { by: 'sam' });
        assert.equal(((await run.handle.result()) as { state: string }).state, 'completed');
        assert.equal(childOf(await run.view()).child, `${first}-2`);
      },
      { prepare: ({ failing }) => failing.set('two', 'Permanent') },
    );
  });

  it('goes back when its parent does, before the parent goes back itself', async () => {
    await bench.run(
      'withChild',
      async (run) => {
        const child = childOf(await run.seen('the child', (view) => childOf(view)?.child !== undefined)).child!;
        await eventually(
          'the stuck child',
          () => viewOf(child),
          ({ state }) => state === 'pausedByFailedStep',
        );
        await run.command('undo', { by: 'sam', reason: 'a test' });
        assert.equal(((await run.handle.result()) as { state: string }).state, 'compensated');
        assert.deepEqual(bench.tools.done, ['before', 'one', 'undo two', 'undo one', 'undo before']);
      },
      { prepare: ({ failing }) => failing.set('two', 'Permanent') },
    );
  });
});

describe('a run that hands over', function () {
  this.timeout(30_000);
  const bench = timeSkippingBench();

  it('ends with nothing undone, and the next one has its leases from then on', async () => {
    await bench.run(
      'handsOver',
      async (run) => {
        assert.equal(((await run.handle.result()) as { state: string }).state, 'handedOver');
        const { successor, runId, status } = await run.view();
        assert.match(status, new RegExp(`goes on as ${successor}`));
        const next = bench.env.client.workflow.getHandle(successor!);
        assert.equal((await next.query<RunView>('view')).parent, runId);
        assert.ok(bench.tools.done.includes(`transfer ${runId} ${successor}`));
        assert.ok(!bench.tools.done.includes('undo begin'));
        await next.terminate('the test is over');
      },
      { plan: { leases: ['database/orders'] } },
    );
  });
});

describe('a run that rests and asks', function () {
  this.timeout(30_000);
  const bench = timeSkippingBench();

  it('goes on resting while people say so, and takes silence for a no', async () => {
    await bench.run('restsAndAsks', async (run) => {
      await bench.env.sleep('61m');
      await run.command('approve', { ...(await run.gate()), by: 'ana' });
      await bench.env.sleep('3h');
      assert.equal(((await run.handle.result()) as { state: string }).state, 'completed');
      const { gates } = await run.view();
      assert.deepEqual(
        gates.map(({ state }) => state),
        ['approved', 'expired'],
      );
      assert.deepEqual(bench.tools.done, ['back']);
    });
  });
});
