import assert from 'node:assert/strict';
import type { RunView } from '../../src/workflows/messages.ts';
import { eventually } from '../eventually.ts';
import { timeSkippingBench } from './harness.ts';

const titles = (view: RunView, kind: string) => view.steps.filter((step) => step.kind === kind).map(({ title }) => title);

describe('steps of a runbook', () => {
  const bench = timeSkippingBench();

  it('run in order and leave a timeline of sentences', async () => {
    await bench.run('threeSteps', async ({ handle, view }) => {
      const result = (await handle.result()) as { state: string };
      assert.equal(result.state, 'completed');
      assert.deepEqual(bench.tools.done, ['one', 'two', 'three', 'line', 'four']);
      const seen = await view();
      assert.deepEqual(
        seen.steps.map(({ state }) => state),
        Array(5).fill('completed'),
      );
      assert.equal(seen.steps[3]!.phase, 'Cross');
      assert.deepEqual(seen.measures, { result: 'as it should be' });
      assert.ok(seen.timeline.some(({ text }) => text.startsWith('Do two: completed')));
    });
  });

  it('pause the run when one fails for good, and go on when a person asks to try again', async () => {
    await bench.run(
      'threeSteps',
      async ({ seen, command, handle }) => {
        const paused = await seen('a paused run', ({ state }) => state === 'pausedByFailedStep');
        assert.match(paused.status, /"Do two" failed: two does not work/);
        assert.ok(paused.verbs.includes('retryStep') && paused.verbs.includes('skipStep'));
        bench.tools.failing.delete('two');
        await command('retryStep', { by: 'sam' });
        await handle.result();
        assert.deepEqual(bench.tools.done, ['one', 'two', 'three', 'line', 'four']);
      },
      { prepare: ({ failing }) => failing.set('two', 'Permanent') },
    );
  });

  it('are shown as under way while they are tried again, and wait for nobody', async () => {
    await bench.run(
      'threeSteps',
      async ({ seen, command, handle }) => {
        await seen('a paused run', ({ state }) => state === 'pausedByFailedStep');
        bench.tools.held.add('two');
        bench.tools.failing.delete('two');
        await command('retryStep', { by: 'sam' });
        const again = await seen('the second try', ({ steps }) => steps[1]!.tries === 2);
        assert.deepEqual([again.state, again.status, again.waitingFor], ['inProgress', 'works on: Do two', undefined]);
        assert.ok(!again.verbs.includes('retryStep'), again.verbs.join());
        bench.tools.held.clear();
        await handle.result();
      },
      { prepare: ({ failing }) => failing.set('two', 'Permanent') },
    );
  });

  it('can be skipped with a reason only, which ends the run with exceptions', async () => {
    await bench.run(
      'threeSteps',
      async ({ seen, command, handle, view }) => {
        await seen('a paused run', ({ state }) => state === 'pausedByFailedStep');
        await assert.rejects(command('skipStep', { by: 'sam', reason: ' ' }), /./);
        await command('skipStep', { by: 'sam', reason: 'done by hand' });
        assert.equal(((await handle.result()) as { state: string }).state, 'completedWithExceptions');
        assert.equal((await view()).steps[1]!.outcome, 'skipped by sam: done by hand');
      },
      { prepare: ({ failing }) => failing.set('two', 'Permanent') },
    );
  });

  it('are undone newest first, the half-done one too, and a failed undo does not stop the rest', async () => {
    await bench.run(
      'threeSteps',
      async ({ seen, command, handle, view }) => {
        await seen('a paused run', ({ state }) => state === 'pausedByFailedStep');
        await command('undo', { by: 'sam', reason: 'not today' });
        assert.equal(((await handle.result()) as { state: string }).state, 'compensationFailed');
        assert.deepEqual(bench.tools.done, ['one', 'two', 'undo three', 'undo one']);
        assert.deepEqual(titles(await view(), 'undo'), ['Undo: Do three', 'Undo: Do two', 'Undo: Do one']);
      },
      { prepare: ({ failing }) => failing.set('three', 'Permanent').set('undo two', 'Permanent') },
    );
  });

  it('finish a change that is under way before it is undone', async () => {
    await bench.run('slow', async ({ command, handle }) => {
      await eventually(
        'the change to begin',
        () => bench.tools.done,
        (done) => done.includes('slow begins'),
      );
      await command('undo', { by: 'sam' });
      assert.equal(((await handle.result()) as { state: string }).state, 'compensated');
      assert.deepEqual(bench.tools.done, ['slow begins', 'slow', 'undo slow']);
    });
  });

  it('are undone, and the record is written, when the workflow is cancelled through Temporal itself', async () => {
    await bench.run(
      'threeSteps',
      async ({ seen, handle }) => {
        await seen('a paused run', ({ state }) => state === 'pausedByFailedStep');
        await handle.cancel();
        const ended = (await handle.result()) as { state: string; status: string };
        assert.deepEqual([ended.state, ended.status], ['canceled', 'ended by temporal: cancelled through Temporal']);
        assert.deepEqual(bench.tools.done, ['one', 'undo two', 'undo one', 'archived']);
      },
      {
        prepare: ({ failing, activities, done }) => {
          failing.set('two', 'Permanent');
          activities.archiveRun = async () => {
            done.push('archived');
            return { folder: '', files: [], hash: '' };
          };
        },
      },
    );
  });

  it('stay as they are when the run is aborted with leave', async () => {
    await bench.run(
      'threeSteps',
      async ({ seen, command, handle }) => {
        await seen('a paused run', ({ state }) => state === 'pausedByFailedStep');
        await command('abort', { by: 'sam', how: 'leave', reason: 'by hand from here' });
        assert.equal(((await handle.result()) as { state: string }).state, 'canceled');
        assert.deepEqual(bench.tools.done, ['one']);
      },
      { prepare: ({ failing }) => failing.set('two', 'Permanent') },
    );
  });

  it('offer no undo after the point of no return, and say where the way back is', async () => {
    await bench.run(
      'threeSteps',
      async ({ seen, command }) => {
        const paused = await seen('a paused run', ({ state }) => state === 'pausedByFailedStep');
        assert.equal(paused.pastPointOfNoReturn, true);
        assert.ok(!paused.verbs.includes('undo'));
        assert.deepEqual(paused.undoable, []);
        await assert.rejects(command('undo', { by: 'sam' }), (error: Error) => /runbook of its own/.test((error.cause as Error).message));
      },
      { prepare: ({ failing }) => failing.set('four', 'Permanent') },
    );
  });

  it('keep the way back open when the irreversible step surely did not happen, and close it when nobody knows', async () => {
    for (const [failure, past] of [
      ['Permanent', false],
      ['UnknownOutcome', true],
    ] as const) {
      await bench.run(
        'threeSteps',
        async ({ seen }) => {
          const paused = await seen('a paused run', ({ state }) => state === 'pausedByFailedStep');
          assert.equal(paused.pastPointOfNoReturn, past, failure);
        },
        { prepare: ({ failing }) => failing.set('line', failure) },
      );
    }
  });

  it('wait between two steps while an operator pauses the run, by a plain signal too', async () => {
    await bench.run(
      'threeSteps',
      async ({ seen, signal, command, handle }) => {
        await seen('a paused run', ({ state }) => state === 'pausedByFailedStep');
        await signal('pause', { by: 'ana', reason: 'let me look' });
        await seen('the pause', ({ verbs }) => verbs.includes('resume'));
        bench.tools.failing.clear();
        await signal('retryStep', { by: 'sam' });
        const paused = await seen('the hold', ({ state }) => state === 'pausedByOperator');
        assert.match(paused.status, /is paused by ana: let me look/);
        await command('resume', { by: 'sam' });
        await handle.result();
      },
      { prepare: ({ failing }) => failing.set('two', 'Permanent') },
    );
  });

  it('answer a repeated command once, and refuse people who may only look', async () => {
    await bench.run(
      'threeSteps',
      async ({ seen, command, view }) => {
        await seen('a paused run', ({ state }) => state === 'pausedByFailedStep');
        await command('note', { by: 'sam', text: 'first', id: 'n1' });
        await command('note', { by: 'sam', text: 'first', id: 'n1' });
        assert.equal((await view()).timeline.filter(({ kind }) => kind === 'note').length, 1);
        await assert.rejects(
          command('retryStep', { by: 'vic' }),
          (error: Error) => (error.cause as { type?: string }).type === 'NotEntitled',
        );
        await assert.rejects(
          command('retryStep', { by: 'nobody' }),
          (error: Error) => (error.cause as { type?: string }).type === 'NotEntitled',
        );
      },
      { prepare: ({ failing }) => failing.set('two', 'Permanent') },
    );
  });

  it('go on when nobody can be told, and the record says what was not sent', async () => {
    await bench.run(
      'threeSteps',
      async ({ handle, view }) => {
        assert.equal(((await handle.result()) as { state: string }).state, 'completed');
        const { messages } = await view();
        assert.ok(messages.length > 0 && messages.every(({ state, problem }) => state === 'notSent' && problem === 'connection refused'));
      },
      { prepare: ({ state }) => (state.messagesFail = true) },
    );
  });

  it('watch: bad readings and missing readings both stop the run, for different reasons', async () => {
    const good = { readings: 10, good: 10, bad: 0, missing: 0, errorRate: 0, worstMs: 5 };
    for (const [observation, name] of [
      [{ ...good, good: 5, bad: 5, errorRate: 0.5 }, 'DoesNotHold'],
      [{ ...good, good: 9, missing: 1 }, 'Inconclusive'],
    ] as const) {
      await bench.run(
        'watched',
        async ({ seen, command, handle }) => {
          const paused = await seen('a paused run', ({ state }) => state === 'pausedByFailedStep');
          assert.equal(paused.steps.at(-1)!.failure!.name, name);
          bench.tools.state.observation = good;
          await command('retryStep', { by: 'sam' });
          await handle.result();
        },
        { prepare: ({ state }) => (state.observation = observation) },
      );
    }
  });

  it('in a dry run read for real, predict what they would change, and do not try what only a change could show', async () => {
    await bench.run(
      'watched',
      async ({ handle, view }) => {
        await handle.result();
        assert.deepEqual(
          (await view()).steps.map(({ state, outcome }) => [state, outcome]),
          [
            ['completed', undefined],
            ['notTried', 'not tried in a dry run'],
          ],
        );
        assert.deepEqual(bench.tools.done, ['lag']);
      },
      { request: { mode: 'simulate' } },
    );
    await bench.run(
      'proven',
      async ({ handle, view }) => {
        await handle.result();
        const { steps, gates } = await view();
        assert.deepEqual(
          steps.map(({ state }) => state),
          ['simulated', 'notTried', 'completed'],
        );
        assert.deepEqual(
          steps[0]!.predicted.map(({ call }) => call),
          ['act'],
        );
        assert.deepEqual(
          gates[0]!.facts.map(({ value, verdict }) => [value, verdict]),
          [
            [1_000, undefined],
            [null, 'notTried'],
          ],
        );
        assert.deepEqual(
          bench.tools.done.filter((done) => !done.startsWith('release')),
          ['lag'],
        );
      },
      { request: { mode: 'simulate' } },
    );
  });

  it('a reading that the run needs cannot be skipped', async () => {
    await bench.run(
      'watched',
      async ({ seen, command }) => {
        const paused = await seen('a paused run', ({ state }) => state === 'pausedByFailedStep');
        assert.ok(!paused.verbs.includes('skipStep'));
        await assert.rejects(command('skipStep', { by: 'sam', reason: 'never mind' }), (error: Error) =>
          /cannot be skipped/.test((error.cause as Error).message),
        );
      },
      { prepare: ({ failing }) => failing.set('lag', 'Permanent') },
    );
  });
});
