import assert from 'node:assert/strict';
import type { TestRun } from '../kit/harness.ts';
import type { Fakes } from '../recovery/fakes.ts';
import { answer, copy, ended, killedForMemory, plan, running, scenarioBench, stuck, world } from './bench.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const version = (name: string, letter: string, schema = 'sensor/2') => ({
  version: name,
  digest: digest(letter),
  schema,
  at: '2026-11-01T00:00:00Z',
});
const model = {
  serving: { version: '3', digest: digest('c') },
  schema: 'sensor/2',
  versions: [version('3', 'c'), version('2', 'b'), version('1', 'a')],
};
const batch = (id: string, state: string) => ({
  id,
  state,
  records: 9,
  problem: state === 'failed' ? 'row 3 has no temperature' : null,
  replay: null,
});
const observation = (good: boolean) => ({
  ...{ readings: 6, good: good ? 6 : 0, bad: good ? 0 : 6, missing: 0, errorRate: good ? 0 : 1, worstMs: 1, detail: 'seen' },
});

describe('scenarios on what a service predicts with, and on its data', function () {
  this.timeout(60_000);
  let make: () => Fakes = world('never');
  const bench = scenarioBench(() => make());
  const play = (
    workflow: string,
    answers: (done: () => readonly string[]) => Record<string, unknown>,
    test: (run: TestRun) => Promise<void>,
  ) => {
    make = () => {
      const made = world('nothing', { readPods: running(copy('shop-1'), copy('shop-2'), copy('shop-3')) })();
      Object.assign(
        made.answers,
        answers(() => made.done),
      );
      return made;
    };
    return bench.run(workflow, test, { plan });
  };
  const questions = async (run: TestRun) => (await run.view()).gates.map(({ question }) => question);

  describe('modelInferenceFailing', () => {
    const predictions =
      (cure: string, { damaged = [] as string[], state = model } = {}) =>
      (done: () => readonly string[]) => {
        const right = () => done().includes(cure);
        return {
          ...{ readModel: state, holdPredictions: () => observation(right()) },
          askGoldenInputs: () => [{ name: 'a warm day', good: right(), detail: right() ? 'as known' : 'score is 75, not 50' }],
          checkArtefact: ({ version: asked }: Record<string, unknown>) => ({
            ...{ digest: digest('f'), bytes: 10, intact: !damaged.includes(asked as string) },
          }),
        };
      };

    it('falls back at once when the artefact is damaged: a restart would take away what still answers', async () => {
      await play('modelInferenceFailing', predictions('serveModel east', { damaged: ['3', '2'] }), async (run) => {
        const view = await answer(run);
        assert.equal(view.state, 'completed', view.status);
        assert.deepEqual(await questions(run), ['Let shop predict with 1 instead of 3?']);
        assert.deepEqual(bench.tools.done, ['serveModel east']);
      });
    });

    it('restarts a service whose model is whole, before it falls back', async () => {
      await play('modelInferenceFailing', predictions('restartPods east'), async (run) => {
        assert.equal((await answer(run)).state, 'completed');
        assert.deepEqual(bench.tools.done, ['restartPods east']);
      });
    });

    it('never offers a version that takes other inputs', async () => {
      const state = { ...model, versions: [version('3', 'c', 'sensor/3'), version('2', 'b', 'sensor/1'), version('1', 'a')] };
      await play('modelInferenceFailing', predictions('serveModel east', { state }), async (run) => {
        assert.equal((await answer(run)).state, 'completed');
        assert.deepEqual(await questions(run), ['Let shop predict with 1 instead of 3?']);
      });
    });

    it('gives memory to copies that were killed for it', async () => {
      const answers = (done: () => readonly string[]) => ({
        ...predictions('limitPods east')(done),
        readPods: () => running(done().includes('limitPods east') ? copy('shop-1') : killedForMemory('shop-1')),
      });
      await play('modelInferenceFailing', answers, async (run) => {
        assert.equal((await answer(run)).state, 'completed');
        assert.deepEqual(bench.tools.done, ['limitPods east']);
      });
    });

    it('asks people when nothing helped, and puts the model back when they give up', async () => {
      await play('modelInferenceFailing', predictions('never'), async (run) => {
        const view = await answer(run);
        assert.ok(stuck(view), view.status);
        await run.command('undo', { by: 'sam', reason: 'the data is wrong, not the model' });
        assert.equal((await run.seen('the end', ended)).state, 'compensated');
        assert.deepEqual(bench.tools.done, ['restartPods east', 'serveModel east', 'putBackModel east']);
      });
    });
  });

  describe('dataPipelineStalled', () => {
    const batches = [batch('b-2', 'failed'), batch('b-1', 'done')];
    const pipeline =
      (cure: string, more: object = {}) =>
      (done: () => readonly string[]) => {
        const aside = () => done().includes('quarantineBatch east') && !done().includes('replayBatch east');
        const state = { writer: 'running', newest: '2026-11-21T00:00:00Z', duplicates: 0, freshForMs: 60_000 };
        return {
          ...{
            readSources: [{ name: 'the sensors', there: true, detail: 'answered 200' }],
            holdFresh: () => observation(done().includes(cure)),
          },
          readPipeline: () => ({
            ...state,
            batches: aside() ? [batch('b-2', 'quarantined')] : done().includes('replayBatch east') ? [] : batches,
            ...more,
          }),
        };
      };

    it('sets bad batches aside while nothing writes, goes on, and puts them through again when people have mended them', async () => {
      await play('dataPipelineStalled', pipeline('quarantineBatch east'), async (run) => {
        const view = await answer(run);
        assert.equal(view.state, 'completed', view.status);
        assert.deepEqual(await questions(run), ['Set batch b-2 of shop in east aside?', 'Put batch b-2 of shop in east through again?']);
        assert.deepEqual(bench.tools.done, ['stopWriter east', 'quarantineBatch east', 'startWriter east', 'replayBatch east']);
      });
    });

    it('leaves what was set aside alone when people say no, and keeps it in the record', async () => {
      await play('dataPipelineStalled', pipeline('quarantineBatch east'), async (run) => {
        const view = await answer(run, { declines: [/through again/] });
        assert.equal(view.state, 'completed', view.status);
        assert.ok(!bench.tools.done.includes('replayBatch east'));
        assert.equal((view.measures['aside'] as { id: string }[])[0]!.id, 'b-2');
      });
    });

    it('starts a writer that somebody stopped', async () => {
      await play('dataPipelineStalled', pipeline('startWriter east', { writer: 'stopped', batches: [] }), async (run) => {
        assert.equal((await answer(run)).state, 'completed');
        assert.deepEqual(bench.tools.done, ['startWriter east']);
      });
    });

    it('restarts the service when that is left, and takes back what it set aside when people give up', async () => {
      await play('dataPipelineStalled', pipeline('never'), async (run) => {
        const view = await answer(run);
        assert.ok(stuck(view), view.status);
        await run.command('undo', { by: 'sam', reason: 'the source is wrong' });
        assert.equal((await run.seen('the end', ended)).state, 'compensated');
        assert.deepEqual(bench.tools.done, [
          ...['stopWriter east', 'quarantineBatch east', 'startWriter east', 'restartPods east'],
          ...['stopWriter east', 'releaseBatch east', 'startWriter east'],
        ]);
      });
    });
  });
});
