import assert from 'node:assert/strict';
import type { Running } from '../../src/activities/kit/releases.ts';
import type { RollBack } from '../../src/workflows/plans/rollback-plan.ts';
import { workflowsPath } from '../../src/config/workflow-code.ts';
import { benchFor, type TestRun } from '../kit/harness.ts';
import { approveAll, everyWay } from './every-way.ts';
import { plan as move } from './fake-regions.ts';
import { fakes } from './fakes.ts';

const release = (revision: string, image: string, digest: string | null, schema: string | null = '1') => ({
  ...{ revision, image, digest, schema, createdAt: '2026-11-01T03:00:00Z' },
});
const good = release('2', 'shop:1.4.0', 'sha256:good');
const bad = release('3', 'shop:1.5.0', 'sha256:bad');
const running: Running = {
  ...{ wanted: bad, releases: [bad, good, release('1', 'shop:1.3.0', 'sha256:old')] },
  rollouts: [
    { revision: '3', startedAt: '2026-11-21T02:58:00Z', state: 'Successful' },
    { revision: '2', startedAt: '2026-11-10T03:00:00Z', state: 'Successful' },
  ],
  ...{ underWay: null, instances: [{ id: 'i-1', digest: 'sha256:bad', state: 'InService' }], events: ['it was rolled out'] },
};
const plan: Omit<RollBack, 'run'> = {
  ...{ service: 'shop', region: 'east', to: null, onset: null, withoutCause: false, causeWithinMs: 30 * 60_000, bakeMs: 4_000 },
  ...{ reads: { outage: true, schema: true }, delivery: true, approval: move.approval },
};
const seen = { readings: 24, good: 24, bad: 0, missing: 0, errorRate: 0, worstMs: 5 };
const outage = { startedAt: '2026-11-21T03:00:00Z', endedAt: null, totalMs: 0, failed: 9, over: false };
const tools = (answers: object = {}) =>
  fakes({
    ...{ describeReleases: running, readRevisions: running, customersOutage: outage, observeVantage: seen },
    ...{ readSchema: { version: '1', worksFrom: null }, readDelivery: { paused: false, wanted: 'shop:1.5.0@sha256:bad' } },
    ...answers,
  });
const resume = 'Let deliveries to east go on?';

describe('rollBackDeployment', function () {
  this.timeout(60_000);
  const bench = everyWay({ workflow: 'rollBackDeployment', plan, tools, goesOn: [resume] });
  const go = (test: (run: TestRun) => Promise<void>, { answers = {}, more = {} }: { answers?: object; more?: Partial<RollBack> } = {}) =>
    bench.run('rollBackDeployment', test, { plan: { ...plan, ...more }, prepare: (made) => Object.assign(made.answers, answers) });
  const firstGate = (run: TestRun) => run.seen('the question', ({ gates }) => gates.some(({ state }) => state === 'open'));

  it('records what runs, holds the deliveries, goes back, proves it, and only then asks about the deliveries', async () => {
    await go(async (run) => {
      const view = await approveAll(run);
      assert.deepEqual(bench.tools.done, [
        ...['pauseDelivery east', 'stopRefresh east', 'rollOutVersion east', 'proveOrder east', 'resumeDelivery east'],
      ]);
      assert.deepEqual(view.measures['before'], running);
      assert.equal(view.steps[0]!.title, 'Record what runs in east before anything is restarted');
      assert.equal(view.gates[0]!.question, 'Roll shop in east back from shop:1.5.0 to shop:1.4.0?');
      assert.deepEqual((view.measures['wayForward'] as { revision: string }).revision, '3');
    });
  });

  it('leaves the deliveries held, with an owner, when nobody says that they may go on', async () => {
    await go(async (run) => {
      await approveAll(run, ({ gates }) => gates.length === 2 && gates[1]!.state === 'open');
      const view = await run.view();
      assert.deepEqual([view.gates[1]!.of, view.gates[1]!.facts[0]!.verdict], ['data-owner', 'bad']);
      await bench.env.sleep('2h');
      const after = await run.seen('the end', ({ state }) => state === 'completed');
      assert.equal(bench.tools.done.includes('resumeDelivery east'), false);
      assert.deepEqual(after.measures['delivery'], { held: true, owner: 'sam', of: 'shop in east' });
    });
  });

  it('does not resume what somebody else had paused when it goes back', async () => {
    const answers = { readDelivery: { paused: true, wanted: null }, observeVantage: { ...seen, bad: 1, good: 23 } };
    await go(
      async (run) => {
        const view = await approveAll(run, ({ state }) => state === 'pausedByFailedStep');
        assert.match(view.status, /does not hold: 23 of 24 readings good/);
        await run.command('undo', { by: 'sam', reason: 'a test' });
        await run.seen('the end', ({ state }) => state === 'compensated');
        assert.deepEqual(bench.tools.done.slice(-2), ['proveOrder east', 'rollOutVersion east']);
      },
      { answers },
    );
  });

  it('asks a person when a reading of the bake is missing', async () => {
    await go(
      async (run) => {
        const view = await approveAll(run, ({ state }) => state === 'pausedByFailedStep');
        assert.match(view.status, /cannot tell: 20 of 20 readings good, 4 missing/);
      },
      { answers: { observeVantage: { ...seen, readings: 20, good: 20, missing: 4 } } },
    );
  });

  it('refuses when no rollout fits the onset, and takes the stronger approval when people insist', async () => {
    const more = { onset: '2026-11-21T05:00:00Z' };
    await go(
      async (run) => {
        const { status, steps } = await run.seen('the refusal', ({ state }) => state === 'pausedByFailedStep');
        assert.match(status, /rolled out at 2026-11-21T02:58:00Z, 7320 s before it/);
        assert.equal(steps.at(-1)!.failure!.name, 'RefusedBySafetyRule');
        assert.deepEqual(bench.tools.done, []);
      },
      { more },
    );
    const insisted = { more: { ...more, withoutCause: true } };
    await go(async (run) => assert.equal((await firstGate(run)).gates[0]!.of, 'data-owner'), insisted);
  });

  const doubts: [string, object, string][] = [
    ['no migration between the two', {}, 'incident-commander'],
    ['a schema that went on', { readSchema: { version: '2', worksFrom: null } }, 'data-owner'],
    ['a release that only a tag names', { describeReleases: { ...running, releases: [bad, { ...good, digest: null }] } }, 'data-owner'],
  ];
  for (const [title, answers, duty] of doubts) {
    it(`asks the ${duty} with ${title}`, async () => {
      await go(async (run) => assert.equal((await firstGate(run)).gates[0]!.of, duty), { answers });
    });
  }

  it('opens the gate again when another release runs than people were shown', async () => {
    await go(async (run) => {
      const gate = await run.gate();
      bench.tools.answers['describeReleases'] = { ...running, wanted: release('4', 'shop:1.6.0', 'sha256:new') };
      await assert.rejects(run.command('approve', { ...gate, by: 'ana' }));
      assert.equal((await firstGate(run)).gates[0]!.round, 2);
    });
  });

  it('says in a dry run what it would do, and does none of it', async () => {
    await bench.run(
      'rollBackDeployment',
      async (run) => {
        const view = await run.seen('the end', ({ state }) => state === 'completed');
        assert.deepEqual(
          view.gates.map(({ state }) => state),
          ['simulated', 'simulated'],
        );
        assert.deepEqual(bench.tools.done, []);
        assert.deepEqual(
          view.steps.filter(({ kind }) => kind === 'watch').map(({ outcome }) => outcome),
          ['not tried in a dry run'],
        );
      },
      { plan, request: { mode: 'simulate' } },
    );
  });
});

describe('rollBackDeployment on Kubernetes', function () {
  this.timeout(60_000);
  const bench = benchFor(workflowsPath, tools);
  const onKubernetes = { ...plan, platform: 'kubernetes' as const };

  it('goes back to the pinned revision, and from there to the one before when it is undone', async () => {
    await bench.run(
      'rollBackDeployment',
      async (run) => {
        await approveAll(run, ({ state }) => state === 'pausedByFailedStep');
        await run.command('undo', { by: 'sam', reason: 'a test' });
        await run.seen('the end', ({ state }) => state === 'compensated');
        assert.deepEqual(bench.tools.done, [
          ...['pauseDelivery east', 'rollBackToRevision east', 'rollBackToRevision east', 'resumeDelivery east'],
        ]);
      },
      { plan: onKubernetes, prepare: ({ failing }) => void failing.add('proveOrder') },
    );
  });
});
