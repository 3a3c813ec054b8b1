import assert from 'node:assert/strict';
import type { Scenario } from '../../src/workflows/plans/scenario-plan.ts';
import type { TestRun } from '../kit/harness.ts';
import type { Fakes } from '../recovery/fakes.ts';
import { answer, copy, ended, plan, running, scenarioBench, world } from './bench.ts';

const mib = 1024 * 1024;
const node = (name: string, more: object = {}) => ({
  ...{
    name,
    ready: true,
    bad: [],
    schedulable: true,
    allocatable: { cpu: 4, memory: 1 },
    requested: { cpu: 1, memory: 1 },
    pods: [],
    ...more,
  },
});
const disk = (usedShare: number) => ({
  ...{ path: '/var/log', usedShare, freeBytes: 1, largest: [{ path: '/var/log/shop.log', bytes: 90 * mib }] },
  logs: [
    { path: '/var/log/shop.log', bytes: 90 * mib },
    { path: '/var/log/small.log', bytes: 10 },
  ],
});

describe('scenarios on what a service stands on', function () {
  this.timeout(60_000);
  let make: () => Fakes = world('never');
  const bench = scenarioBench(() => make());
  const play = (
    workflow: string,
    { cure, answers = {}, more = {} }: { cure: string; answers?: Record<string, unknown>; more?: Partial<Scenario> & object },
    test: (run: TestRun) => Promise<void>,
  ) => {
    make = world(cure, answers);
    return bench.run(workflow, test, { plan: { ...plan, ...more } });
  };
  const questions = async (run: TestRun) => (await run.view()).gates.map(({ question }) => question);

  describe('nodeUnhealthy', () => {
    const more = { node: null, drainWithinMs: 60_000 };
    const readNodes = [node('node-1', { ready: false, bad: ['not ready'], pods: ['shop-1', 'shop-2'] }), node('node-2')];
    it('cordons the bad node, then drains it, each with a question, and proves the service', async () => {
      await play('nodeUnhealthy', { cure: 'drainNode east', answers: { readNodes }, more }, async (run) => {
        assert.equal((await answer(run)).state, 'completed');
        assert.deepEqual(await questions(run), ['Let no new pod onto node-1?', 'Move every pod off node-1?']);
        assert.deepEqual(bench.tools.done, ['cordonNode east', 'drainNode east']);
      });
    });
    it('takes the cordon back when the drain fails and people give up', async () => {
      await play('nodeUnhealthy', { cure: 'never', answers: { readNodes }, more }, async (run) => {
        bench.tools.failing.add('drainNode');
        await answer(run);
        await run.command('undo', { by: 'sam', reason: 'a budget says no' });
        assert.equal((await run.seen('the end', ended)).state, 'compensated');
        assert.deepEqual(bench.tools.done, ['cordonNode east', 'uncordonNode east']);
      });
    });
    it('touches no node when all are well', async () => {
      await play('nodeUnhealthy', { cure: 'never', answers: { readNodes: [node('node-1')] }, more }, async (run) => {
        await answer(run);
        assert.deepEqual(bench.tools.done, []);
      });
    });
  });

  describe('diskFull', () => {
    it('keeps and empties large logs only, shrinks the journal, and looks again', async () => {
      const readDisks = () => [disk(bench.tools.done.includes('shrinkJournal east') ? 0.5 : 0.97)];
      await play('diskFull', { cure: 'emptyLog east', answers: { readDisks }, more: { platform: 'systemd' } }, async (run) => {
        const view = await answer(run);
        assert.equal(view.state, 'completed', view.status);
        assert.deepEqual(await questions(run), [
          'Keep a copy of /var/log/shop.log, and empty it?',
          'Keep a copy of the journal, and shrink it to 200 MiB?',
        ]);
        assert.deepEqual(bench.tools.done, ['emptyLog east', 'shrinkJournal east']);
      });
    });
    it('asks a person when the disk is full still', async () => {
      await play('diskFull', { cure: 'never', answers: { readDisks: [disk(0.97)] }, more: { platform: 'systemd' } }, async (run) => {
        assert.match((await answer(run)).status, /nothing that this runbook knows/);
      });
    });
    it('empties nothing on a disk that has room', async () => {
      await play('diskFull', { cure: 'nothing', answers: { readDisks: [disk(0.4)] }, more: { platform: 'systemd' } }, async (run) => {
        assert.equal((await answer(run)).state, 'completed');
        assert.deepEqual(bench.tools.done, []);
      });
    });
  });

  describe('loadBalancerUnhealthy', () => {
    const answers = {
      readTargets: { targets: [{ id: 'i-0a', state: 'unhealthy', reason: 'Health checks failed' }], lost: ['i-0123456789abcdef0'] },
      ...{ instanceStatus: { total: 2, ok: 2, impaired: [] }, targetHealth: { healthy: 0, total: 1, reasons: ['Health checks failed'] } },
      readCapacity: { desired: 2, min: 0, max: 6, inService: 2, suspended: false },
    };
    it('brings lost instances back onto the list, and takes them off again when it is undone', async () => {
      await play('loadBalancerUnhealthy', { cure: 'never', answers, more: { platform: 'autoscaling', size: null } }, async (run) => {
        await answer(run);
        assert.deepEqual(bench.tools.done, ['registerTargets east']);
        await run.command('undo', { by: 'sam', reason: 'a test' });
        await run.seen('the end', ended);
        assert.deepEqual(bench.tools.done, ['registerTargets east', 'deregisterTargets east']);
      });
    });
  });

  describe('networkUnreachable', () => {
    const ways = [{ name: 'as customers reach it', address: 'shop:443', endsAt: null, detail: 'taken' }];
    const answers = { readWays: ways, networkPolicies: { names: ['deny'], about: [], denies: [], limits: [] }, readService: { ready: 2 } };
    it('restarts only when no rule is in the way', async () => {
      await play('networkUnreachable', { cure: 'restartPods east', answers }, async (run) => {
        assert.equal((await answer(run)).state, 'completed');
        assert.deepEqual(bench.tools.done, ['restartPods east']);
      });
    });
    it('names the rule that is in the way, changes nothing, and asks a person', async () => {
      const denies = ['the policy deny lets nobody in'];
      await play(
        'networkUnreachable',
        { cure: 'never', answers: { ...answers, networkPolicies: { ...answers.networkPolicies, denies } } },
        async (run) => {
          const view = await answer(run);
          assert.deepEqual([(view.measures['network'] as { inTheWay: string[] }).inTheWay, bench.tools.done], [denies, []]);
        },
      );
    });
  });

  describe('trafficOverload', () => {
    it('grows in stages with a watch at each, and comes back to where it was when it is undone', async () => {
      const answers = { readPods: running(copy('shop-1'), copy('shop-2')) };
      await play('trafficOverload', { cure: 'never', answers, more: { size: { full: 2, most: 5 } } }, async (run) => {
        const view = await answer(run);
        assert.match(view.status, /Watch shop with 4 copies/);
        await run.command('undo', { by: 'sam', reason: 'a test' });
        await run.seen('the end', ended);
        assert.deepEqual(bench.tools.done, ['scaleDeployment east', 'scaleDeployment east']);
      });
    });
    it('goes by way of the stage between', async () => {
      const answers = { readPods: running(copy('shop-1'), copy('shop-2')) };
      await play('trafficOverload', { cure: 'scaleDeployment east', answers }, async (run) => {
        const view = await answer(run);
        assert.equal(view.state, 'completed', view.status);
        assert.deepEqual(
          view.steps.filter(({ kind }) => kind === 'watch').map(({ title }) => title),
          ['Watch shop with 4 copies', 'Watch shop with 5 copies', 'Watch shop for 2 s from every vantage point'],
        );
      });
    });
  });

  it('applicationCrashed gives a unit room by a limit before it starts it again', async () => {
    const readUnit = running({
      ...copy('shop.service', { ready: false, trouble: 'memory', lastEnd: { code: null, reason: 'oom-kill', at: null } }),
    });
    await play('applicationCrashed', { cure: 'restartUnit east', answers: { readUnit }, more: { platform: 'systemd' } }, async (run) => {
      assert.equal((await answer(run)).state, 'completed');
      assert.deepEqual(bench.tools.done, ['limitUnit east', 'restartUnit east']);
    });
  });
});
