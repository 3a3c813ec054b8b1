import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { createActivities } from '../../src/activities/index.ts';
import { activityInterceptors } from '../../src/activities/kit/interceptor.ts';
import { under } from '../../src/activities/kit/lookup.ts';
import { redactText } from '../../src/activities/kit/redact.ts';
import { httpProbeActivities } from '../../src/activities/service/http-probe.ts';
import { predictedPut, putSwitch } from '../../src/activities/traffic/http-switch.ts';
import { change } from '../../src/activities/kit/change.ts';
import { toolPath } from '../../src/config/tools.ts';
import { thisBuild } from '../../src/report/build.ts';
import { renderers } from '../../src/report/render.ts';
import { buildReport } from '../../src/report/report.ts';
import type { RunView } from '../../src/workflows/messages.ts';
import { eventually } from '../eventually.ts';
import { bundleOf } from '../kit/harness.ts';
import '../quiet-runtime.ts';
import { environmentWith } from './environment.ts';
import { failureOf, inStep } from './in-step.ts';
import { deadUrl, smallServers } from './small-server.ts';

const canary = 'C4nary-0f-Urls';
/** Ways in which a secret stands in an address, for a server at `host`. */
const forms = (url: string): Record<string, string> => {
  const host = url.replace('http://', '');
  return {
    'a password': `http://vp:${canary}@${host}/up`,
    'a password in other spelling': `http://vp:${canary}%21%40@${host}/up`,
    'a login without a password': `http://${canary}@${host}/up`,
    'a signature': `${url}/up?sv=2024&sig=${canary}`,
    'a function key': `${url}/up?code=${canary}`,
    'an API key': `${url}/up?a=1&key=${canary}&b=2`,
    'another API key': `${url}/up?api_key=${canary}`,
    'a token': `${url}/up?token=${canary}#top`,
    'an access token': `${url}/up?access_token=${canary}`,
    'a presigned request': `${url}/up?X-Amz-Credential=${canary}&X-Amz-Signature=${canary}`,
    'a webhook of Slack': `${url}/services/T0A1B2C3D/B0A1B2C3D/${canary}`,
    'a webhook of Discord': `${url}/api/webhooks/123456/${canary}`,
    'a bot': `${url}/bot123456:${canary}/send`,
  };
};
const clean = (what: unknown) => {
  const text = typeof what === 'string' ? what : JSON.stringify(what);
  assert.ok(!text.includes(canary), text.slice(Math.max(0, text.indexOf(canary) - 300), text.indexOf(canary) + 100));
};

describe('secrets in addresses', () => {
  const listening = smallServers();

  for (const [form, address] of Object.entries(forms('http://127.0.0.1:8080'))) {
    it(`are taken out of texts: ${form}`, () => {
      const text = redactText(`it was ${address}, "${address}" and <${address}>`);
      clean(text);
      assert.match(text, /127\.0\.0\.1:8080/);
    });

    it(`are taken out of what a probe answers and notes: ${form}`, async () => {
      const { url } = await listening(() => ({ status: 503, body: 'down' }));
      const dead = await deadUrl();
      const live = forms(url)[form]!;
      const environment = environmentWith({
        VANTAGE_CONTROL: live,
        VANTAGE_EDGE: forms(dead)[form]!,
        VANTAGE_PEER: live,
        CUSTOMERS_OUTAGE: live,
      });
      const probes = httpProbeActivities(environment);
      const seen = await inStep(probes.vantage, { service: 'shop', region: 'east' });
      clean(seen);
      assert.deepEqual([seen.result[0]!.detail, seen.result[1]!.healthy], ['answered 503', false]);
      clean(await failureOf(inStep(probes.customersOutage, { service: 'shop' })));
    });

    it(`are taken out of predictions, which read as the calls that follow: ${form}`, async () => {
      const { url } = await listening(() => ({ status: 200, body: { on: true } }));
      const place = { url: forms(url)[form]!, token: 'a-token-of-a-switch' };
      const turn = change({
        look: async () => ({ so: false, found: 'off' }),
        predict: () => ({ calls: [predictedPut(place, true)], result: place.url }),
        act: () => putSwitch(place, true),
        prove: async () => place.url,
      });
      for (const mode of ['simulate', 'live'] as const) {
        const outcome = await inStep(turn, undefined, { mode });
        clean(outcome);
        const [made] = outcome.evidence.filter(({ kind }) => kind === 'change');
        assert.equal(outcome.predicted.length, 1);
        if (mode === 'live') assert.equal(made!.call, outcome.predicted[0]!.call);
      }
    });
  }

  it('are sent all the same: a login goes into a header, a query stays when a path is added', async () => {
    const server = await listening(() => ({ status: 200 }));
    const host = server.url.replace('http://', '');
    const environment = environmentWith({
      VANTAGE_CONTROL: `http://vp:p%40ss@${host}/{region}`,
      VANTAGE_EDGE: server.url,
      VANTAGE_PEER: server.url,
    });
    const { result } = await inStep(httpProbeActivities(environment).vantage, { service: 'shop', region: 'east' });
    assert.equal(result[0]!.healthy, true);
    const asked = server.asked.find(({ path }) => path === '/east')!;
    assert.equal(asked.headers.authorization, `Basic ${Buffer.from('vp:p@ss').toString('base64')}`);
    assert.equal(under('https://h.example/base/?sig=abc', '/health?deep=1'), 'https://h.example/base/health?deep=1&sig=abc');
    assert.equal(under('https://h.example/', '/health'), 'https://h.example/health');
  });

  it('leave addresses without secrets, and what only looks like one, as they are', () => {
    for (const text of [
      'http://a.example/x?since=1&region=east',
      'GET /orders?page=2',
      'a@b.example',
      'codes 3 and keys = 4',
      'x/services/shop',
    ])
      assert.equal(redactText(text), text);
  });
});

describe('a whole run whose addresses hold secrets', () => {
  const listening = smallServers();
  let temporal: TestWorkflowEnvironment;
  before(async () => {
    const executable = { type: 'existing-path' as const, path: toolPath('temporal-test-server') };
    temporal = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
  });
  after(() => temporal?.teardown());

  it('shows none of them in its view, its history and its report', async () => {
    let broken = false;
    const { url } = await listening(({ method, path }) => {
      if (method === 'POST') broken = true;
      if (path.includes('outage')) return { status: 404, body: `no outage at ${path}` };
      return path.includes('status') ? { status: 200, body: { faults: broken ? ['lost'] : [] } } : { status: 503, body: { error: path } };
    });
    const host = url.replace('http://', '');
    const secret = (path: string) => `http://vp:${canary}@${host}${path}?sig=${canary}&key=${canary}`;
    const environment = environmentWith({
      ...{ VANTAGE_CONTROL: secret('/{region}'), VANTAGE_EDGE: secret('/'), VANTAGE_PEER: forms(await deadUrl())['a token']! },
      ...{ SHOP_EAST: secret('/base'), CUSTOMERS_OUTAGE: secret('/outage'), SLACK_URL: forms(url)['a webhook of Slack']! },
    });
    const [fault] = environment.incidents!.drills.find(({ name }) => name === 'region-failover')!.practice!.faults;
    fault!.begin.url = secret('/break');
    Object.assign(fault!.state, { url: secret('/status'), has: 'lost' });
    environment.services['shop']!.regions['east']!.url = secret('/base');
    const taskQueue = `urls-${randomUUID()}`;
    const activities = createActivities(environment);
    const worker = await Worker.create({
      ...{ connection: temporal.nativeConnection, taskQueue, activities },
      workflowBundle: await bundleOf(fileURLToPath(new URL('./support/looks.ts', import.meta.url))),
      interceptors: { activity: [activityInterceptors(activities, 'range')] },
    });
    await worker.runUntil(async () => {
      const run = {
        environment: 'range',
        mode: 'live',
        requestedBy: 'sam',
        reason: 'a test',
        people: environment.people.map(({ tokens: _, ...person }) => person),
      };
      const handle = await temporal.client.workflow.start('looks', {
        ...{ workflowId: randomUUID(), taskQueue, args: [{ run }], workflowExecutionTimeout: '1d' },
      });
      const view = await eventually(
        'the step that fails',
        () => handle.query<RunView>('view'),
        ({ state }) => state === 'pausedByFailedStep',
      );
      assert.deepEqual(
        view.steps.map(({ state }) => state),
        ['completed', 'completed', 'completed', 'failed'],
        JSON.stringify(view.steps),
      );
      clean(view);
      assert.ok(JSON.stringify(view).includes('[redacted]'));
      const report = buildReport(view, { build: thisBuild() });
      for (const render of Object.values(renderers)) clean(render(report));
      clean(historyToJSON(await handle.fetchHistory()));
      clean(Buffer.from(JSON.stringify(await handle.fetchHistory())).toString());
      const payloads = historyToJSON(await handle.fetchHistory()).matchAll(/"data": ?"([A-Za-z0-9+/=]+)"/g);
      for (const [, data] of payloads) clean(Buffer.from(data!, 'base64').toString());
      await handle.terminate('the test is over');
    });
  });
});
