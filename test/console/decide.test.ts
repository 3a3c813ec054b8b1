import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import type { Browser } from 'playwright-core';
import { createRuns } from '../../src/runs/runs.ts';
import type { RunRequest, RunView } from '../../src/workflows/messages.ts';
import { env, startApi, testEnvironment, tokens, type Api } from '../api/support/api.ts';
import { fakeTools } from '../kit/fake-tools.ts';
import { benchFor, people } from '../kit/harness.ts';
import { eventually } from '../eventually.ts';
import { signedIn, type Somebody } from './support/browsers.ts';
import { startChromium } from './support/chromium.ts';

describe('A decision in the console, on a real Temporal', function () {
  this.timeout(120_000);
  const taskQueue = `console-${randomUUID()}`;
  let browser: Browser;
  let api: Api;
  let connection: Connection;
  let over: () => void;
  let served: Promise<void>;
  let handle: WorkflowHandle;

  after(async () => {
    await browser?.close();
    await api?.close();
    await connection?.close();
    over?.();
    await served;
  });
  const bench = benchFor(fileURLToPath(new URL('./support/runbooks.ts', import.meta.url)), fakeTools);
  before(async function () {
    this.timeout(600_000);
    served = bench.serve(taskQueue, () => new Promise<void>((resolve) => (over = resolve)));
    browser = await startChromium();
    const known = await testEnvironment();
    const able = people.filter(({ subject }) => subject in tokens);
    const environment = {
      ...known,
      orchestrator: { ...known.orchestrator, taskQueue },
      people: able.map((person) => ({ ...person, tokens: [`env:TOKEN_${person.subject.toUpperCase()}`] })),
    };
    // A live view that is cut asks no more: a call that is tried again after its connection is closed would fail in somebody else's test.
    connection = await Connection.connect({ address: bench.env.address, interceptors: [] });
    const client = new Client({ connection, namespace: bench.env.namespace ?? 'default' });
    // The server that skips time has no list.
    const runs = { ...createRuns({ client, environment }), list: async () => [] };
    api = await startApi({ environment, runs, env });
  });
  beforeEach(async () => {
    bench.tools.state.lag = 1_000;
    const run: RunRequest = { environment: 'range', mode: 'live', requestedBy: 'sam', reason: 'a test', people };
    handle = await bench.env.client.workflow.start('failOverRegion', {
      ...{ workflowId: randomUUID(), taskQueue, args: [{ run }], memo: { environment: 'range' } },
      workflowExecutionTimeout: '30d',
    });
  });
  afterEach(() => handle.terminate('the test is over').catch(() => undefined));

  const view = () => handle.query<RunView>('view');
  const atTheGate = async (somebody: Somebody) => {
    await somebody.page.goto(`${api.url}/#/runs/${handle.workflowId}`);
    await somebody.page.getByRole('heading', { name: 'Go on?' }).waitFor();
  };
  const decide = async ({ page }: Somebody, verb: 'Approve' | 'Decline') => {
    await page.getByRole('group', { name: 'Decide' }).getByRole('button', { name: verb }).click();
    await page.getByRole('dialog').getByRole('button', { name: verb }).click();
  };

  it('is approved by two people in two browsers, and by nobody who asked for it', async () => {
    const sam = await signedIn(browser, api, 'sam');
    const ana = await signedIn(browser, api, 'ana');
    const ben = await signedIn(browser, api, 'ben');
    for (const somebody of [sam, ana, ben]) await atTheGate(somebody);
    await sam.page.getByText('You may not approve: you asked for this run.').first().waitFor();
    const own = sam.page.getByRole('group', { name: 'Decide' }).getByRole('button', { name: 'Approve' });
    assert.equal(await own.isEnabled(), false);

    await decide(ana, 'Approve');
    await ana.page.getByText('Approve: Temporal has it').waitFor();
    await ana.page.getByText('You have decided here: approve. 1 of 2 have approved.').first().waitFor();
    await ben.page.getByText('You count: you would be 2 of 2.').first().waitFor();
    assert.deepEqual(
      (await view()).gates[0]!.decisions.map(({ by, channel }) => [by, channel]),
      [['ana', 'temporal']],
    );

    await decide(ben, 'Approve');
    for (const { page } of [sam, ana, ben]) await page.getByText('completed', { exact: false }).first().waitFor();
    assert.equal((await eventually('the end', view, ({ endedAt }) => endedAt !== undefined)).state, 'completed');
    for (const { page, complaints } of [sam, ana, ben]) {
      assert.deepEqual(complaints, []);
      await page.context().close();
    }
  });

  it('is for the facts that were looked at: when they changed nothing is approved, and the new ones are shown', async () => {
    const ana = await signedIn(browser, api, 'ana');
    await atTheGate(ana);
    bench.tools.state.lag = 14_000;
    await decide(ana, 'Approve');
    await ana.page
      .getByText(/The facts (have )?changed/)
      .first()
      .waitFor();
    await ana.page.getByText('14 s').first().waitFor();
    const [gate] = (await view()).gates;
    assert.deepEqual([gate!.state, gate!.round, gate!.decisions], ['open', 2, []]);
    await ana.page.context().close();
  });

  it('is declined by one, and the run takes back what it prepared', async () => {
    const ana = await signedIn(browser, api, 'ana');
    await atTheGate(ana);
    await decide(ana, 'Decline');
    await ana.page.getByText('declined').first().waitFor();
    const ended = await eventually('the end', view, ({ endedAt }) => endedAt !== undefined);
    assert.match(ended.status + ended.state, /declined|canceled|compensated/);
    await ana.page.context().close();
  });
});
