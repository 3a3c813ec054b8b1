import assert from 'node:assert/strict';
import { workflowsPath } from '../../src/config/workflow-code.ts';
import { eventually } from '../eventually.ts';
import { benchFor, type TestRun } from '../kit/harness.ts';
import { fakeRegions, plan } from './fake-regions.ts';

const approve = async (run: TestRun) => {
  const gate = await run.gate();
  await run.command('approve', { ...gate, by: 'ana' });
  await run.command('approve', { ...gate, by: 'ben' });
};
const result = async (run: TestRun) => ((await run.handle.result()) as { state: string }).state;
const paused = (run: TestRun) => run.seen('a paused run', ({ state }) => state === 'pausedByFailedStep');
const unplanned = (tools: ReturnType<typeof fakeRegions>) =>
  Object.assign(tools.state, { planned: false, primaryReachable: false, seenDown: 3 });

describe('failOverRegion', function () {
  this.timeout(60_000);
  const bench = benchFor(workflowsPath, fakeRegions);

  it('fences before it promotes, promotes before it points, and moves the traffic last', async () => {
    await bench.run(
      'failOverRegion',
      async (run) => {
        await approve(run);
        assert.equal(await result(run), 'completed');
        assert.deepEqual(bench.tools.done, [
          ...[
            'setCapacity west 3',
            'suspendScaling west',
            'fenceDatabase east',
            'promoteDatabase west',
            'unfenceDatabase west',
            'pointDatabaseRecord west',
          ],
          ...['proveOrder west', 'shiftTraffic 66/34', 'shiftTraffic 0/100', 'resumeScaling west', 'protectDatabase west'],
          ...['fenceDatabase east', 'setAsideDatabase east', 'createReplica east'],
        ]);
      },
      { plan },
    );
  });

  const undone: [string, string[]][] = [
    ['setCapacity', []],
    ['suspendScaling', ['resumeScaling west', 'setCapacity west 1']],
    ['fenceDatabase', ['unfenceDatabase east', 'resumeScaling west', 'setCapacity west 1']],
    ['awaitCaughtUp', ['unfenceDatabase east', 'resumeScaling west', 'setCapacity west 1']],
    ['promoteDatabase', ['unfenceDatabase east', 'resumeScaling west', 'setCapacity west 1']],
  ];
  for (const [failing, back] of undone) {
    it(`stops when ${failing} fails, and goes back newest first when it is undone`, async () => {
      await bench.run(
        'failOverRegion',
        async (run) => {
          if (failing !== 'setCapacity') await approve(run);
          const before = (await paused(run), bench.tools.done.length);
          if (failing === 'setCapacity') bench.tools.failing.delete(failing);
          await run.command('undo', { by: 'sam', reason: 'a test' });
          assert.equal(await result(run), 'compensated');
          const expected = failing === 'setCapacity' ? ['setCapacity west 1'] : back;
          assert.deepEqual(bench.tools.done.slice(before), expected);
          assert.ok(!bench.tools.done.includes('promoteDatabase west'));
        },
        { plan, prepare: ({ failing: broken }) => broken.set(failing, 'Permanent') },
      );
    });
  }

  for (const failing of [
    'unfenceDatabase',
    'pointDatabaseRecord',
    'awaitHealthyTargets',
    'proveOrder',
    'shiftTraffic',
    'protectDatabase',
  ]) {
    it(`stops when ${failing} fails after the promotion, offers no undo, and ends well after a retry`, async () => {
      await bench.run(
        'failOverRegion',
        async (run) => {
          await approve(run);
          assert.ok(!(await paused(run)).verbs.includes('undo'));
          bench.tools.failing.delete(failing);
          await run.command('retryStep', { by: 'sam' });
          assert.equal(await result(run), 'completed');
          assert.equal(bench.tools.done.filter((act) => act === 'promoteDatabase west').length, 1);
        },
        { plan, prepare: ({ failing: broken }) => broken.set(failing, 'Permanent') },
      );
    });
  }

  for (const failing of ['customersOutage', 'checkIntegrity']) {
    it(`goes on to protect and to thaw when ${failing} cannot be read after the promotion, and says that it is not measured`, async () => {
      await bench.run(
        'failOverRegion',
        async (run) => {
          await approve(run);
          assert.equal(await result(run), 'completedWithExceptions');
          const { steps, measures } = await run.view();
          const [unread] = steps.filter(({ state }) => state === 'notMeasured');
          assert.equal(unread!.outcome, `not measured: ${failing} does not work`);
          assert.equal(measures[failing === 'customersOutage' ? 'outage' : 'integrity'], undefined);
          for (const act of ['protectDatabase west', 'resumeScaling west']) assert.ok(bench.tools.done.includes(act), act);
        },
        { plan, prepare: ({ failing: broken }) => broken.set(failing, 'InvalidInput') },
      );
    });
  }

  it('asks whether to go on without a fence when the old primary answered and then did not any more', async () => {
    await bench.run(
      'failOverRegion',
      async (run) => {
        await approve(run);
        await run.seen('the second question', ({ gates }) => gates.length === 2);
        assert.equal((await run.view()).gates[1]!.question, 'Promote west although the primary in east is not fenced?');
        await approve(run);
        assert.equal(await result(run), 'completedWithExceptions');
        assert.deepEqual((await run.view()).measures['fence'], { fenced: false, why: 'not proven' });
      },
      {
        plan: { ...plan, planned: false },
        prepare: (tools) => {
          Object.assign(tools.state, { planned: false, seenDown: 3 });
          tools.failing.set('fenceDatabase', 'UnknownOutcome');
        },
      },
    );
  });

  it('sends everybody at once when people skipped the fence, although the move was planned', async () => {
    await bench.run(
      'failOverRegion',
      async (run) => {
        await approve(run);
        await paused(run);
        await run.command('skipStep', { by: 'sam', reason: 'a test' });
        bench.tools.failing.delete('fenceDatabase');
        await approve(run);
        await run.seen('the end or a pause', ({ state }) => /completed|paused/.test(state));
        const { state, status } = await run.view();
        assert.equal(state, 'completedWithExceptions', status);
        assert.deepEqual(
          bench.tools.done.filter((act) => act.startsWith('shiftTraffic')),
          ['shiftTraffic 0/100'],
        );
      },
      {
        plan,
        prepare: ({ failing, state }) => {
          failing.set('fenceDatabase', 'Permanent');
          state.primaryReachable = true;
        },
      },
    );
  });

  it('asks for the stronger approval, never fences what does not answer, and has it fenced on its return', async () => {
    await bench.run(
      'failOverRegion',
      async (run) => {
        await run.gate();
        assert.equal((await run.view()).gates[0]!.of, 'data-owner');
        await approve(run);
        assert.equal(await result(run), 'completed');
        const view = await run.view();
        assert.deepEqual(view.measures['fence'], { fenced: false, why: 'the primary in east does not answer' });
        const onReturn = bench.env.client.workflow.getHandle(`${view.runId}-fenceOnReturn`);
        await eventually(
          'the fence on return',
          () => bench.tools.done,
          (done) => done.includes('fenceDatabase east'),
        );
        await onReturn.result();
      },
      { plan: { ...plan, planned: false }, prepare: unplanned },
    );
  });

  it('counts only vantage points that see something', async () => {
    const seen = (healthy: boolean | null, blind?: true) => ({
      name: `${healthy} ${blind}`,
      healthy,
      detail: 'a test',
      ms: 1,
      ...(blind && { blind }),
    });
    await bench.run(
      'failOverRegion',
      async (run) => {
        await run.gate();
        const [gate] = (await run.view()).gates;
        const { value, unit } = gate!.facts.find(({ id }) => id === 'seen-down')!;
        assert.deepEqual([value, unit, gate!.of], [1, 'of 1, 2 see nothing at all', 'data-owner']);
      },
      {
        plan: { ...plan, planned: false },
        prepare: ({ activities, state }) => {
          Object.assign(state, { planned: false });
          Object.assign(activities, { vantage: async () => [seen(null, true), seen(null, true), seen(false)] });
        },
      },
    );
  });

  it('asks for the stronger approval when only one vantage point sees the region down', async () => {
    await bench.run(
      'failOverRegion',
      async (run) => {
        await run.gate();
        assert.equal((await run.view()).gates[0]!.of, 'data-owner');
      },
      { plan: { ...plan, planned: false }, prepare: ({ state }) => Object.assign(state, { planned: false, seenDown: 1 }) },
    );
  });

  it('asks again when more would be lost than people approved', async () => {
    await bench.run(
      'failOverRegion',
      async (run) => {
        await run.gate();
        bench.tools.failing.set('suspendScaling', 'Permanent');
        await approve(run);
        await paused(run);
        Object.assign(bench.tools.state, { lagMs: 40_000, lost: 800 });
        bench.tools.failing.delete('suspendScaling');
        await run.command('retryStep', { by: 'sam' });
        const view = await run.seen('a second gate', ({ gates }) => gates.length === 2 && gates[1]!.state === 'open');
        assert.deepEqual([view.gates[1]!.question, view.gates[1]!.of], ['Lose 800 acknowledged orders?', 'data-owner']);
        assert.ok(!bench.tools.done.includes('promoteDatabase west'));
      },
      { plan: { ...plan, planned: false }, prepare: ({ state }) => Object.assign(state, { planned: false, seenDown: 3 }) },
    );
  });

  it('does not begin when the standby cannot take over, and names all that is wrong, with needed and have', async () => {
    await bench.run(
      'failOverRegion',
      async (run) => {
        const { status } = await paused(run);
        assert.match(status, /Muster itself runs in east/);
        assert.match(status, /Auto Scaling maximum in west: needed 9, have 6/);
        assert.deepEqual(bench.tools.done, []);
      },
      { plan: { ...plan, capacity: 9, orchestratorRegion: 'east' } },
    );
  });
});
