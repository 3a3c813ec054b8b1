import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { toolPath } from '../../src/config/tools.ts';
import { parseEnvironment } from '../../src/config/environment.ts';
import { watchListOf } from '../../src/readiness/watch-list.ts';
import type { ReadinessView } from '../../src/workflows/readiness/view.ts';
import { eventually } from '../eventually.ts';
import { bundleOf } from '../kit/harness.ts';
import { fakeRegions } from '../recovery/fake-regions.ts';
import { fakes } from '../recovery/fakes.ts';

const workflows = fileURLToPath(new URL('../../src/workflows/lifecycle/readiness.ts', import.meta.url));
const plan = 'fail-over-region shop east west';
const input = '{ service: shop, from: east, to: west }';

function listOf(more = '') {
  const own = `readiness: { plans: [{ runbook: fail-over-region, input: ${input} }]${more} }\n`;
  return watchListOf(parseEnvironment(`${readFileSync('environments/range.yaml', 'utf8')}${own}`, 'range.yaml'));
}

/** Two regions with which nothing is wrong, and what was said to people and asked of them. */
function tools() {
  const regions = fakeRegions();
  const made = fakes({
    chatAnswers: { answers: true, detail: 'well' },
    tryProofs: [{ title: 'it says that it is well', holds: true, detail: 'answers 200' }],
    heldLeases: [],
    heldOn: [],
    lastPractices: {},
    compareReplica: [{ setting: 'instance class', primary: 'db.m7g.large', replica: 'db.m7g.large' }],
  });
  const counts: Record<string, number> = {};
  const said: string[] = [];
  const state = { max: 6, slack: true, pager: true };
  const own = {
    describeDatabase: async (asked: { region: string }) => ({
      ...((await regions.activities.describeDatabase(asked)) as object),
      backupRetentionDays: 7,
    }),
    readCapacity: async () => ({ desired: 1, min: 1, max: state.max, inService: 1, suspended: false }),
    notifySlack: async ({ text }: { text: string }) => {
      if (state.slack) said.push(`slack: ${text}`);
      return { sent: state.slack };
    },
    notifyPagerDuty: async ({ action }: { action: string }) => {
      if (state.pager) said.push(`pagerduty: ${action}`);
      return { sent: state.pager };
    },
  };
  const reads = ['callerIdentity', 'quotas', 'readRecordSets', 'replicationState'] as const;
  const all = { ...made.activities, ...Object.fromEntries(reads.map((name) => [name, regions.activities[name]])), ...own };
  const counted = Object.entries(all).map(([name, activity]) => [
    name,
    (asked: never) => {
      counts[name] = (counts[name] ?? 0) + 1;
      return (activity as (given: never) => Promise<unknown>)(asked);
    },
  ]);
  return { activities: Object.fromEntries(counted) as object, counts, said, state, made, regions };
}

describe('readiness as time goes by', function () {
  this.timeout(60_000);
  const bench = { tools: tools() } as { tools: ReturnType<typeof tools>; env: TestWorkflowEnvironment };

  // Each look is a run of its own, which the server that skips time does not survive: these times are short, and spent.
  before(async () => {
    bench.env = await TestWorkflowEnvironment.createLocal({
      server: { executable: { type: 'existing-path', path: toolPath('temporal') } },
    });
  });
  after(() => bench.env?.teardown());

  const watching = async (
    times: string,
    work: (
      handle: WorkflowHandle,
      seen: (what: string, holds: (view: ReadinessView) => boolean) => Promise<ReadinessView>,
    ) => Promise<void>,
  ) => {
    bench.tools = tools();
    const taskQueue = `readiness-${randomUUID()}`;
    const { client, nativeConnection: connection } = bench.env;
    const { activities } = bench.tools;
    const worker = await Worker.create({ connection, taskQueue, workflowBundle: await bundleOf(workflows), activities });
    await worker.runUntil(async () => {
      const handle = await client.workflow.start('readiness', { workflowId: taskQueue, taskQueue, args: [listOf(times)] });
      try {
        await work(handle, (what, holds) => eventually(what, () => handle.query<ReadinessView>('readiness'), holds));
      } finally {
        await handle.terminate('the test is over');
      }
    });
  };

  it('looks at once and every half an hour, asks each thing once a look, and makes no change', () =>
    watching('', async (handle, seen) => {
      const first = await seen('the first look', ({ evaluation }) => evaluation === 1);
      assert.equal(first.plans[0]!.state, 'ready', JSON.stringify(first.plans[0]!.findings.filter(({ state }) => state !== 'ok')));
      assert.equal(Date.parse(first.nextAt!) - Date.parse(first.at!), 30 * 60_000);
      // The standby is asked for its role, its lag and whether it takes writes: one answer for all.
      assert.deepEqual([bench.tools.counts['replicationState'], bench.tools.counts['describeDatabase']], [2, 2]);
      await handle.signal('announce', listOf(', every: 1s'));
      assert.equal((await seen('the third look', ({ evaluation }) => evaluation === 3)).because, 'its time had come');
      assert.deepEqual(bench.tools.made.done, []);
      assert.deepEqual(bench.tools.said, []);
    }));

  it('tells people once when a plan stays red, and once when it is ready again', () =>
    watching(', every: 2s, confirmAfter: 1s', async (handle, seen) => {
      const { state, said } = bench.tools;
      await seen('the first look', ({ evaluation }) => evaluation === 1);
      state.max = 2;
      await handle.signal('evaluate', { because: 'sam asked for it' });
      const red = await seen('it to be red', ({ plans }) => plans[0]!.state === 'notReady');
      assert.deepEqual([red.because, said], ['sam asked for it', []], 'one look wakes nobody');
      const found = red.plans[0]!.findings[0]!;
      assert.deepEqual([found.resource, found.needed, found.have], ['Auto Scaling maximum in west', '3', '2']);
      await seen('the alert', ({ alerts }) => alerts.length === 1);
      const later = await seen('more looks', ({ evaluation }) => evaluation >= red.evaluation + 3);
      assert.equal(later.plans[0]!.findings[0]!.since, found.since, 'it stands since it was first seen');
      state.max = 6;
      await handle.signal('evaluate', { because: 'sam asked for it' });
      await seen('the all-clear', ({ alerts }) => alerts.length === 2);
      // Slack and PagerDuty are told side by side.
      assert.deepEqual(
        [...said.slice(0, 2).sort().reverse(), ...said.slice(2).sort().reverse()],
        [
          `slack: The practice range: the recovery plan "${plan}" is NOT READY. Auto Scaling maximum in west: needed 3, have 2.`,
          'pagerduty: trigger',
          `slack: The practice range: the recovery plan "${plan}" is ready again.`,
          'pagerduty: resolve',
        ],
      );
    }));

  it('wakes nobody for a fault that passes', () =>
    watching(', every: 2s, confirmAfter: 1500ms', async (handle, seen) => {
      const { state, said } = bench.tools;
      await seen('the first look', ({ evaluation }) => evaluation === 1);
      state.max = 2;
      await handle.signal('evaluate', { because: 'sam asked for it' });
      await seen('it to be red', ({ plans }) => plans[0]!.state === 'notReady');
      state.max = 6;
      const ready = await seen('it to be ready', ({ plans }) => plans[0]!.state === 'ready');
      await seen('more looks', ({ evaluation }) => evaluation >= ready.evaluation + 2);
      assert.deepEqual(said, []);
    }));

  it('tells again what nothing has taken', () =>
    watching(', every: 2s, confirmAfter: 1s', async (_handle, seen) => {
      const { state, said } = bench.tools;
      Object.assign(state, { max: 2, slack: false, pager: false });
      assert.deepEqual((await seen('some looks', ({ evaluation }) => evaluation >= 3)).alerts, []);
      state.slack = true;
      await seen('the alert', ({ alerts }) => alerts.length === 1);
      assert.deepEqual(
        said.map((line) => line.split(':')[0]),
        ['slack'],
      );
    }));

  it('takes what cannot be read for unknown, names it, and counts the plan as not ready', () =>
    watching('', async (handle, seen) => {
      await seen('the first look', ({ evaluation }) => evaluation === 1);
      bench.tools.regions.failing.set('callerIdentity', 'Permanent');
      await handle.signal('evaluate', { because: 'sam asked for it' });
      const [red] = (await seen('the second look', ({ evaluation }) => evaluation === 2)).plans;
      const unknown = red!.findings.filter(({ state }) => state !== 'ok');
      assert.deepEqual(
        unknown.map(({ check, resource, state, needed, have }) => [check, resource, state, needed, have]),
        [['credentials', 'credentials in west', 'unknown', 'an answer', 'callerIdentity: callerIdentity does not work']],
      );
      assert.deepEqual([red!.state, red!.score!.points], ['notReady', 25]);
    }));

  it('looks when another file or build is announced, and not when it is the same', () =>
    watching('', async (handle, seen) => {
      await seen('the first look', ({ evaluation }) => evaluation === 1);
      await handle.signal('announce', listOf());
      await handle.signal('announce', listOf(', every: 10m'));
      const again = await seen('the second look', ({ evaluation }) => evaluation === 2);
      assert.equal(again.because, 'the environment file or the build has changed');
      assert.equal(Date.parse(again.nextAt!) - Date.parse(again.at!), 10 * 60_000);
    }));

  it('hands over to a new run that knows all of it after each look', () =>
    watching(', every: 1s', async (handle, seen) => {
      const first = await seen('the first look', ({ evaluation }) => evaluation === 1);
      const later = await seen('two more looks', ({ evaluation }) => evaluation >= 3);
      assert.equal(later.plans[0]!.since, first.plans[0]!.since, 'it is ready since the first run');
      const { historyLength } = await handle.describe();
      assert.ok(historyLength < 10, `${historyLength} events while it waits`);
    }));
});
