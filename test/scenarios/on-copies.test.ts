import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import type { Scenario } from '../../src/workflows/plans/scenario-plan.ts';
import type { TestRun } from '../kit/harness.ts';
import type { Fakes } from '../recovery/fakes.ts';
import { answer, copy, crashed, ended, killedForMemory, plan, rollout, running, scenarioBench, stuck, world } from './bench.ts';

const rollBack = { workflow: 'mitigate', title: 'Roll shop in east back', plan: {} };

describe('scenarios on copies of a service', function () {
  this.timeout(60_000);
  let make: () => Fakes = world('never');
  const bench = scenarioBench(() => make());
  const play = (
    workflow: string,
    { cure = 'never', answers = {}, more = {} }: { cure?: string; answers?: Record<string, unknown>; more?: Partial<Scenario> },
    test: (run: TestRun) => Promise<void>,
  ) => {
    make = world(cure, answers);
    return bench.run(workflow, test, { plan: { ...plan, ...more } });
  };
  const questions = async (run: TestRun) => (await run.view()).gates.map(({ question }) => question);

  describe('serviceDown', () => {
    it('restarts once, proves it over a time, and is done', async () => {
      await play('serviceDown', { cure: 'restartPods east' }, async (run) => {
        const view = await answer(run);
        assert.equal(view.state, 'completed', view.status);
        assert.deepEqual(bench.tools.done, ['restartPods east']);
        assert.deepEqual(
          view.steps.filter(({ kind }) => kind === 'watch').map(({ title }) => title),
          ['Watch shop for 2 s from every vantage point'],
        );
        assert.ok(
          (view.measures['before'] as { log: { lines: string[] } }).log.lines.includes('the end'),
          'the log is kept before the restart',
        );
      });
    });

    it('changes nothing when the service is well by itself', async () => {
      await play('serviceDown', { cure: 'nothing', answers: { readPods: running(copy('shop-1')) } }, async (run) => {
        assert.equal((await answer(run)).state, 'completed');
        assert.deepEqual(bench.tools.done, []);
      });
    });

    it('in a dry run reads for real, says what it would offer and call, and says of what it cannot know yet that it was not tried', async () => {
      make = world('never', { readPods: running(killedForMemory('shop-1')) });
      await bench.run(
        'serviceDown',
        async (run) => {
          const view = await answer(run);
          assert.equal(view.state, 'completed', view.status);
          const outcomes = view.steps.map(({ outcome }) => outcome ?? '');
          assert.ok(!outcomes.includes('cannot be read'), outcomes.join('; '));
          const of = (title: string) => view.steps.find((step) => step.title === title)!;
          assert.equal(of('See shop from outside').outcome, '0 of 8 readings good');
          for (const title of [
            'Look whether shop is well now',
            'Find out what else shop needs',
            'Watch shop for 2 s from every vantage point',
          ])
            assert.deepEqual([of(title).state, of(title).outcome], ['notTried', 'not tried in a dry run']);
          const facts = view.gates.flatMap((gate) => gate.facts);
          assert.deepEqual(
            facts.filter(({ name }) => name === 'shop from outside').map(({ value, verdict }) => [value, verdict]),
            view.gates.map(() => ['0 of 8 readings good', 'bad']),
          );
          assert.deepEqual(
            view.steps.flatMap(({ predicted }) => predicted.map(({ call }) => call)),
            ['restartPods', 'limitPods', 'scaleDeployment'],
          );
          assert.deepEqual(bench.tools.done, []);
        },
        { plan: { ...plan, successors: [] }, request: { mode: 'simulate' } },
      );
    });

    it('offers what is left when something is declined, and asks a person when nothing helped', async () => {
      await play('serviceDown', { answers: { readPods: running(killedForMemory('shop-1')) } }, async (run) => {
        const view = await answer(run, { declines: [/Restart/] });
        assert.deepEqual(await questions(run), [
          'Restart shop in east once?',
          'Give each copy of shop in east 768 MiB instead of 512 MiB?',
          'Run 3 copies of shop in east instead of 1?',
        ]);
        assert.match(view.status, /nothing that this runbook knows has helped/);
        assert.deepEqual(bench.tools.done, ['limitPods east', 'scaleDeployment east']);
        await run.command('undo', { by: 'sam', reason: 'a test' });
        const after = await run.seen('the end', ended);
        assert.equal(after.state, 'compensated', after.status);
        assert.deepEqual(bench.tools.done.slice(2), ['scaleDeployment east', 'limitPods east']);
      });
    });

    it('does without asking what the environment says needs no approval', async () => {
      await play('serviceDown', { cure: 'restartPods east', more: { withoutApproval: ['restart'] } }, async (run) => {
        assert.equal((await answer(run)).state, 'completed');
        assert.deepEqual(await questions(run), []);
      });
    });

    it('goes on without a log that cannot be read', async () => {
      const podLogs = () => Promise.reject(ApplicationFailure.nonRetryable('no log', 'Permanent'));
      const answers = { podLogs };
      await play('serviceDown', { cure: 'restartPods east', answers }, async (run) => {
        const view = await answer(run);
        assert.equal(view.state, 'completed', view.status);
        assert.equal(view.steps.find(({ title }) => title === 'Keep the end of its logs')!.outcome, 'cannot be read');
      });
    });

    it('waits for a person when the service is bad again during the proof', async () => {
      // Well at a glance, and not for as long as the proof takes.
      const observeVantage = ({ forMs }: { forMs: number }) => {
        const good = forMs === 3_000 && bench.tools.done.length > 0;
        return { readings: 8, good: good ? 8 : 6, bad: good ? 0 : 2, missing: 0, errorRate: good ? 0 : 0.25, worstMs: 5 };
      };
      await play('serviceDown', { cure: 'restartPods east', answers: { observeVantage } }, async (run) => {
        const view = await answer(run, { until: (seen) => stuck(seen) || ended(seen) });
        assert.match(view.status, /does not hold: 6 of 8 readings good/);
      });
    });

    it('hands over with more leases when people want that, and is over', async () => {
      const asked: { resources: string[] }[] = [];
      const acquireLeases = (leases: { resources: string[] }) => {
        asked.push(leases);
        return { granted: true };
      };
      const successor = {
        ...{ workflow: 'leases', title: 'Fail shop over', when: 'east is lost', plan: {} },
        leases: ['database/orders', 'traffic/shop'],
      };
      await play('serviceDown', { answers: { acquireLeases }, more: { successors: [successor], size: null } }, async (run) => {
        const view = await answer(run);
        assert.equal(view.state, 'handedOver', view.status);
        assert.match(view.successor!, /-leases$/);
        assert.deepEqual(asked.at(-1)!.resources, ['database/orders', 'traffic/shop']);
        await bench.env.client.workflow.getHandle(view.successor!).terminate('the test is over');
      });
    });

    it('stays where it is when the leases of the successor are held by another run, and can go on', async () => {
      let free = false;
      const acquireLeases = ({ resources }: { resources: string[] }) =>
        free || !resources.includes('traffic/shop')
          ? { granted: true }
          : { granted: false, type: 'ResourceBusy', message: 'traffic/shop is held by "another"', holder: 'other' };
      const successor = { workflow: 'leases', title: 'Fail shop over', when: 'east is lost', plan: {}, leases: ['traffic/shop'] };
      await play('serviceDown', { answers: { acquireLeases }, more: { successors: [successor], size: null } }, async (run) => {
        const view = await answer(run);
        assert.match(view.status, /held by "another"/);
        free = true;
        await run.command('retryStep', { by: 'sam' });
        const after = await run.seen('the end', ended);
        assert.equal(after.state, 'handedOver');
        await bench.env.client.workflow.getHandle(after.successor!).terminate('the test is over');
      });
    });
  });

  describe('podsCrashLooping', () => {
    it('replaces the one pod that crashes, by its UID, and keeps its last words', async () => {
      const asked: object[] = [];
      const answers = { readPods: running(crashed('shop-1'), copy('shop-2')), deletePod: (pod: object) => asked.push(pod) };
      await play('podsCrashLooping', { cure: 'deletePod east', answers }, async (run) => {
        const view = await answer(run);
        assert.equal(view.state, 'completed', view.status);
        assert.deepEqual(asked, [{ service: 'shop', region: 'east', pod: 'shop-1', uid: 'shop-1-uid' }]);
        assert.deepEqual((view.measures['crash'] as { lastWords: string[] }).lastWords, ['the end']);
      });
    });

    it('gives memory to pods that were killed for it', async () => {
      await play('podsCrashLooping', { cure: 'limitPods east', answers: { readPods: running(killedForMemory('shop-1')) } }, async (run) => {
        assert.equal((await answer(run)).state, 'completed');
        assert.deepEqual(bench.tools.done, ['limitPods east']);
      });
    });

    it('does not take a service for well whose former copies serve while the new ones crash', async () => {
      const readPods = { ...running(crashed('shop-1'), copy('shop-2'), copy('shop-3')), wanted: 2 };
      const observeVantage = { readings: 8, good: 8, bad: 0, missing: 0, errorRate: 0, worstMs: 5 };
      await play('podsCrashLooping', { cure: 'deletePod east', answers: { readPods, observeVantage } }, async (run) => {
        assert.equal((await answer(run)).state, 'completed');
        assert.deepEqual(bench.tools.done, ['deletePod east']);
      });
    });

    it('neither restarts nor replaces what cannot be pulled: it asks about the release, or a person', async () => {
      const image = crashed('shop-1', { trouble: 'image', lastEnd: null });
      await play('podsCrashLooping', { answers: { readPods: running(image, copy('shop-2')) } }, async (run) => {
        assert.match((await answer(run)).status, /nothing that this runbook knows/);
        assert.deepEqual([await questions(run), bench.tools.done], [[], []]);
      });
    });

    it('does not roll back when nothing was rolled out lately', async () => {
      await play('podsCrashLooping', { more: { rollBack } }, async (run) => {
        const view = await answer(run);
        assert.equal(
          view.steps.some(({ kind }) => kind === 'run'),
          false,
        );
      });
    });

    it('rolls back under its own leases when a rollout was seen', async () => {
      await play('podsCrashLooping', { answers: { recentChanges: [rollout] }, more: { rollBack } }, async (run) => {
        const view = await run.seen('the other run', ({ steps }) => steps.some(({ child }) => child !== undefined));
        assert.ok(view.steps.some(({ title }) => title === 'Bring the release of shop back that ran before'));
        await run.handle.terminate('the test is over');
      });
    });
  });

  describe('memoryExhausted', () => {
    it('asks for memory before anything else, within what the environment allows', async () => {
      const readPods = running({ ...killedForMemory('shop-1'), memory: { usedBytes: null, limitBytes: 900 * 1024 * 1024 } });
      await play('memoryExhausted', { cure: 'limitPods east', answers: { readPods } }, async (run) => {
        assert.equal((await answer(run)).state, 'completed');
        assert.deepEqual(await questions(run), ['Give each copy of shop in east 1 GiB instead of 900 MiB?']);
      });
    });
    it('offers no memory when the environment says none, or the copy has it all', async () => {
      const readPods = running(killedForMemory('shop-1'));
      await play('memoryExhausted', { answers: { readPods }, more: { mostMemoryBytes: 512 * 1024 * 1024, size: null } }, async (run) => {
        await answer(run);
        assert.deepEqual(await questions(run), ['Restart shop in east once?']);
      });
    });
  });

  for (const [platform, restarted] of [
    ['compose', 'restartCompose east'],
    ['systemd', 'restartUnit east'],
  ] as const)
    it(`serviceDown works the same on ${platform}`, async () => {
      await play('serviceDown', { cure: restarted, more: { platform } }, async (run) => {
        assert.equal((await answer(run)).state, 'completed');
        assert.deepEqual(bench.tools.done, [restarted]);
      });
    });
});
