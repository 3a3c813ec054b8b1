import assert from 'node:assert/strict';
import type { WorkflowHandle } from '@temporalio/client';
import { workflowsPath } from '../../src/config/workflow-code.ts';
import { finalStates, type RunView } from '../../src/workflows/messages.ts';
import type { Mitigate, MitigationRecord } from '../../src/workflows/procedures/service/mitigation.ts';
import { eventually } from '../eventually.ts';
import { benchFor, type TestRun } from '../kit/harness.ts';
import { fakes, type Fakes } from './fakes.ts';

const minute = 60_000;
const plan: Omit<Mitigate, 'run'> = {
  ...{ service: 'shop', kind: 'rate-limit', value: 10, owner: 'sam', forMs: 30 * minute, questionsARun: 3 },
  approval: {
    ...{ duty: 'incident-commander', quorum: 2, stronger: { duty: 'data-owner', quorum: 2 }, escalateTo: ['vp'] },
    ...{ withinMs: 15 * minute, expiresAfterMs: 60 * minute },
  },
};
const ended = ({ state }: RunView) => finalStates.includes(state);
const recordOf = ({ measures }: RunView) => measures['mitigation'] as MitigationRecord;

/** A switch that is on once it was turned on. */
const relieving = (): Fakes => {
  const made = fakes({
    readMitigation: () => {
      const on = made.done.lastIndexOf('applyMitigation') > made.done.lastIndexOf('revertMitigation');
      return { on, off: !on, value: 10, former: { east: 3 }, detail: `the rate limit is ${on ? 'on' : 'off'}` };
    },
    seeMitigation: 'customers see it',
  });
  return made;
};

describe('mitigate', function () {
  this.timeout(60_000);
  const bench = benchFor(workflowsPath, relieving);
  const go = (test: (run: TestRun) => Promise<void>, more: { plan?: object; prepare?: (made: Fakes) => void; mode?: 'simulate' } = {}) =>
    bench.run('mitigate', test, {
      plan: { ...plan, ...more.plan },
      ...(more.prepare ? { prepare: more.prepare } : {}),
      ...(more.mode ? { request: { mode: more.mode } } : {}),
    });
  const inForce = (run: TestRun) => run.seen('a measure in force', ({ steps }) => steps.some(({ kind }) => kind === 'rest'));
  /** Lets the time pass after which people are asked. */
  const asked = async (run: TestRun, times = 1): Promise<{ gate: string; digest: string }> => {
    await bench.env.sleep(31 * minute);
    await run.seen('the question', ({ gates }) => gates.length === times && gates.at(-1)!.state === 'open');
    return run.gate();
  };

  it('applies, proves it where customers are, asks after its time, and takes it back when people say no', async () => {
    await go(async (run) => {
      await inForce(run);
      assert.deepEqual(bench.tools.done, ['applyMitigation']);
      const gate = await asked(run);
      await run.command('decline', { ...gate, by: 'ana', comment: 'the cause is mended' });
      const view = await run.seen('the end', ended);
      assert.equal(view.state, 'completed', view.status);
      assert.deepEqual(bench.tools.done, ['applyMitigation', 'revertMitigation']);
      assert.deepEqual(
        view.steps.map(({ title }) => title),
        [
          'Remember shop as it is',
          'Put shop on the rate limit (10 a second)',
          'See it as customers do',
          'Leave it for 30 min',
          'Is the rate limit (10 a second) on shop still needed? sam answers for it',
          'Take the rate limit (10 a second) off shop',
          'See that it is gone, as customers do',
        ],
      );
      assert.deepEqual(view.leases, ['mitigation/shop/rate-limit']);
      assert.equal(recordOf(view).inForce, false);
    });
  });

  it('takes it back when nobody answers, after it has asked the next duty too', async () => {
    await go(async (run) => {
      await inForce(run);
      await asked(run);
      await bench.env.sleep(16 * minute);
      const escalated = await run.seen('the escalation', ({ gates }) => gates[0]!.escalations.length === 1);
      assert.equal(escalated.gates[0]!.escalations[0]!.to, 'vp');
      await bench.env.sleep(45 * minute);
      const view = await run.seen('the end', ended);
      assert.deepEqual([view.state, view.gates[0]!.state], ['completed', 'expired']);
      assert.deepEqual(bench.tools.done, ['applyMitigation', 'revertMitigation']);
    });
  });

  it('leaves it for another period each time that the duty says it is still needed, with one approval', async () => {
    await go(async (run) => {
      await inForce(run);
      for (let time = 1; time <= 2; time += 1) await run.command('approve', { ...(await asked(run, time)), by: 'ana' });
      const kept = await run.seen('a second extension', (view) => recordOf(view).kept === 2);
      assert.equal(recordOf(kept).inForce, true);
      assert.ok(Date.parse(recordOf(kept).asksAt!) > Date.parse(recordOf(kept).since));
      assert.deepEqual(bench.tools.done, ['applyMitigation']);
      await run.command('decline', { ...(await asked(run, 3)), by: 'ben' });
      assert.equal((await run.seen('the end', ended)).state, 'completed');
    });
  });

  it('shows at the question whether it is in force, since when, for whom and why', async () => {
    await go(async (run) => {
      await inForce(run);
      await asked(run);
      const { gates } = await run.view();
      assert.deepEqual(
        gates[0]!.facts.map(({ name, value }) => [name, name === 'since' ? 'a time' : value]),
        [
          ['in force', true],
          ['since', 'a time'],
          ['found to be still needed so far', 0],
          ['owner', 'sam'],
          ['reason', 'a test'],
        ],
      );
      assert.deepEqual([gates[0]!.of, gates[0]!.quorum], ['incident-commander', 1]);
    });
  });

  it('pauses when it cannot be taken back, and goes on after a retry', async () => {
    await go(async (run) => {
      await inForce(run);
      bench.tools.failing.add('revertMitigation');
      await run.command('decline', { ...(await asked(run)), by: 'ana' });
      const stuck = await run.seen('a person to be asked', ({ state }) => state === 'pausedByFailedStep');
      assert.match(stuck.status, /Take the rate limit .* off shop/);
      assert.equal(recordOf(stuck).inForce, true, 'the record says that it still holds');
      bench.tools.failing.clear();
      await run.command('retryStep', { by: 'sam' });
      const view = await run.seen('the end', ended);
      assert.deepEqual([view.state, recordOf(view).inForce], ['completed', false]);
    });
  });

  it('pauses when it cannot be put in force, and undo takes back what may be half done', async () => {
    await go(
      async (run) => {
        await run.seen('a person to be asked', ({ state }) => state === 'pausedByFailedStep');
        await run.command('undo', { by: 'sam', reason: 'it does not work' });
        const view = await run.seen('the end', ended);
        assert.deepEqual([view.state, recordOf(view).inForce], ['compensated', false]);
        assert.deepEqual(bench.tools.done, ['revertMitigation']);
      },
      { prepare: (made) => made.failing.add('applyMitigation') },
    );
  });

  it('says that customers do not see it, instead of believing the switch', async () => {
    await go(
      async (run) => {
        const stuck = await run.seen('a person to be asked', ({ state }) => state === 'pausedByFailedStep');
        assert.match(stuck.status, /"See it as customers do" failed/);
        await run.command('abort', { by: 'sam', how: 'undo', reason: 'nobody reads it' });
        assert.equal((await run.seen('the end', ended)).state, 'compensated');
        assert.deepEqual(bench.tools.done, ['applyMitigation', 'revertMitigation']);
      },
      { prepare: (made) => made.failing.add('seeMitigation') },
    );
  });

  it('is taken back when it is ended early, and stays when it is left: then the record says so, and who left it', async () => {
    await go(async (run) => {
      await inForce(run);
      await run.command('abort', { by: 'sam', how: 'undo', reason: 'mended' });
      const view = await run.seen('the end', ended);
      assert.deepEqual([view.state, recordOf(view).inForce], ['compensated', false]);
      assert.deepEqual(bench.tools.done, ['applyMitigation', 'revertMitigation']);
    });
    await go(async (run) => {
      await inForce(run);
      await run.command('abort', { by: 'sam', how: 'leave', reason: 'Ana looks after it now' });
      const view = await run.seen('the end', ended);
      assert.deepEqual([view.state, recordOf(view).inForce], ['canceled', true]);
      assert.match(view.status, /ended by sam: Ana looks after it now/);
      assert.deepEqual(bench.tools.done, ['applyMitigation']);
    });
  });

  it('asks nobody and rests not in a dry run', async () => {
    await go(
      async (run) => {
        const view = await run.seen('the end', ended);
        assert.equal(view.state, 'completed');
        assert.equal(view.gates[0]!.state, 'simulated');
        assert.deepEqual(bench.tools.done, []);
      },
      { mode: 'simulate' },
    );
  });

  it('keeps 1,000 extensions far from the end of a history: each run asks 50 times, in fewer than 10,000 events', async () => {
    await go(async (run) => {
      await inForce(run);
      const length = async () => (await run.handle.fetchHistory()).events!.length;
      const before = await length();
      for (let time = 1; time <= 2; time += 1) await run.command('approve', { ...(await asked(run, time)), by: 'ana' });
      await run.seen('both extensions', (view) => recordOf(view).kept === 2);
      const each = ((await length()) - before) / 2;
      assert.ok(before + 50 * each < 10_000, `${each} events an extension`);
    });
  });

  it('goes on in a new run after so many questions, with the same owner, and what was there before', async () => {
    await go(
      async (run) => {
        await inForce(run);
        await run.command('approve', { ...(await asked(run)), by: 'ana' });
        const handed = await run.seen('the hand-over', ended);
        assert.equal(handed.state, 'handedOver');
        const next = bench.env.client.workflow.getHandle(handed.successor!);
        const view = await viewOf(next, ({ steps }) => steps.some(({ kind }) => kind === 'rest'));
        assert.deepEqual([recordOf(view).kept, recordOf(view).since], [1, recordOf(handed).since]);
        assert.deepEqual((view.plan as Mitigate).began!.former, { east: 3 });
        await next.executeUpdate('abort', { args: [{ by: 'sam', how: 'undo', reason: 'a test' }] });
        await viewOf(next, ended);
        await next.result();
        assert.equal(bench.tools.done.at(-1), 'revertMitigation');
      },
      { plan: { questionsARun: 1 } },
    );
  });

  const viewOf = (handle: WorkflowHandle, holds: (view: RunView) => boolean) =>
    eventually(
      'the run that goes on',
      () => handle.query<RunView>('view').catch(() => undefined),
      (view) => view !== undefined && holds(view),
    ).then((view) => view!);
});
