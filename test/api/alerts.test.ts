import assert from 'node:assert/strict';
import { pino } from 'pino';
import type { DeskQueue } from '../../src/incidents/desk-queue.ts';
import { RunProblem } from '../../src/runs/problem.ts';
import type { AlertFact } from '../../src/workflows/incident/alerts.ts';
import { incidentsWith } from '../incidents/support/incidents-with.ts';
import { env, problemIn, startApi, testEnvironment, tokens, type Api } from './support/api.ts';

const token = 'token-of-the-senders';
const rules = [
  { name: 'down', match: { alertname: 'Down' }, service: 'shop', severity: 'P0', groupBy: ['region'], summary: '{annotations.summary}' },
];
const alert = (more: object = {}) => ({
  ...{ status: 'firing', labels: { alertname: 'Down', region: 'east' }, annotations: { summary: 'It is down' } },
  ...{ startsAt: '2026-03-01T12:00:00.123456789Z', endsAt: '0001-01-01T00:00:00Z', generatorURL: 'http://prometheus/g', fingerprint: 'f1' },
  ...more,
});
const webhook = (more: object = {}) => ({
  ...{ version: '4', groupKey: '{}:{alertname="Down"}', truncatedAlerts: 0, status: 'firing', receiver: 'muster' },
  ...{ groupLabels: {}, commonLabels: {}, commonAnnotations: {}, externalURL: 'http://alertmanager', alerts: [alert()] },
  ...more,
});
/** As Grafana sends it, with all that it says more. */
const grafana = webhook({
  ...{ version: '1', orgId: 1, title: '[FIRING:1] Down', state: 'alerting', message: '**Firing**' },
  alerts: [
    alert({
      ...{ silenceURL: 'http://grafana/silence', dashboardURL: 'http://grafana/d', panelURL: 'http://grafana/p' },
      ...{ values: { B: 22, C: null }, valueString: '[ var=B ]', imageURL: null },
    }),
  ],
});

describe('POST /api/alerts', () => {
  let api: Api;
  let taken: AlertFact[];
  let problem: Error | undefined;
  const kept: string[] = [];
  const queue: Pick<DeskQueue, 'alerts'> = {
    alerts: async (facts) => {
      if (problem) throw problem;
      taken.push(...facts);
      return facts.map(({ status }) => ({ what: status === 'firing' ? 'opened' : 'cleared', number: 'INC-2026-03-01-001' }));
    },
  };
  before(async () => {
    const environment = await testEnvironment({ incidents: await incidentsWith(rules) });
    const log = pino({}, { write: (line: string) => void kept.push(line) });
    api = await startApi({ environment, alerts: queue, env: { ...env, ALERTS_TOKEN: token }, log });
  });
  beforeEach(() => {
    taken = [];
    problem = undefined;
  });
  after(() => api?.close());
  const post = (body: unknown, authorization: string | undefined = `Bearer ${token}`) =>
    api.call('POST', '/api/alerts', { body, headers: authorization === '' ? {} : { authorization } });

  it('takes a webhook of Alertmanager, and says what became of its alerts', async () => {
    const response = await post(webhook({ alerts: [alert(), alert({ status: 'resolved', endsAt: '2026-03-01T12:05:00Z' })] }));
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), {
      ...{ received: 2, opened: ['INC-2026-03-01-001'], incidents: ['INC-2026-03-01-001'], added: 0, cleared: 1, repeated: 0, late: 0 },
      ...{ unmatched: 0, reasons: [], truncated: 0 },
    });
    assert.deepEqual(taken[0], {
      ...{ fingerprint: 'f1', rule: 'down', cause: 'down{region="east"}', status: 'firing', startsAt: '2026-03-01T12:00:00.123Z' },
      ...{ service: 'shop', severity: 'P0', summary: 'It is down', url: 'http://prometheus/g' },
    });
    assert.equal(taken[1]!.endsAt, '2026-03-01T12:05:00.000Z');
  });

  it('takes what Grafana sends, which is more', async () => {
    assert.equal((await post(grafana)).status, 200);
    assert.equal(taken[0]!.url, 'http://grafana/d');
  });

  it('counts and names alerts that no rule takes, and takes the others', async () => {
    const strange = alert({ labels: { alertname: 'Strange' }, fingerprint: 'f2' });
    const answer = (await (await post(webhook({ alerts: [strange, alert()], truncatedAlerts: 3 }))).json()) as Record<string, unknown>;
    assert.deepEqual([answer['received'], answer['unmatched'], answer['truncated'], taken.length], [2, 1, 3, 1]);
    assert.deepEqual(answer['reasons'], [{ fingerprint: 'f2', alertname: 'Strange', why: 'no rule matches its labels' }]);
    const metrics = await (await api.call('GET', '/metrics', { as: 'vic' })).text();
    assert.match(metrics, /muster_alerts_total\{outcome="unmatched"\} 1/);
    assert.match(metrics, /muster_alerts_total\{outcome="truncated"\} 3/);
  });

  it('takes the good alerts beside a bad one, which it names: whoever sent it sends none of them again', async () => {
    const bad = alert({ startsAt: '', fingerprint: 'bad2' });
    const response = await post(webhook({ alerts: [alert(), bad, alert({ annotations: null, fingerprint: 'x1' })] }));
    assert.equal(response.status, 200);
    const said = (await response.json()) as { received: number; unmatched: number; reasons: { fingerprint: string; why: string }[] };
    assert.deepEqual([said.received, said.unmatched, taken.length, said.reasons[0]!.fingerprint], [3, 1, 2, 'bad2']);
    assert.match(said.reasons[0]!.why, /startsAt must be a time/);
  });

  const kinds: [string, unknown, RegExp][] = [
    ['a label that is no text', alert({ labels: { alertname: 'Down', region: 7 } }), /^\/alerts\/1\/labels\/region$/],
    ['no labels', { ...alert(), labels: undefined }, /^\/alerts\/1\/labels$/],
    ['an unknown status', alert({ status: 'burning' }), /^\/alerts\/1\/status$/],
    ['a time that is none', alert({ startsAt: 'yesterday' }), /^\/alerts\/1\/startsAt$/],
    ['a fingerprint that is too long', alert({ fingerprint: 'f'.repeat(65) }), /^\/alerts\/1\/fingerprint$/],
    ['what is no alert at all', 'down', /^\/alerts\/1$/],
  ];
  for (const [what, bad, field] of kinds) {
    it(`takes the good ones beside ${what}, and names and keeps that`, async () => {
      kept.length = 0;
      const response = await post(
        webhook({ alerts: [alert(), bad, alert({ fingerprint: 'f3' })], status: 'strange', truncatedAlerts: -1 }),
      );
      assert.equal(response.status, 200);
      const { received, reasons } = (await response.json()) as {
        received: number;
        reasons: { index: number; field: string; why: string }[];
      };
      assert.deepEqual([received, taken.map(({ fingerprint }) => fingerprint), reasons.length], [3, ['f1', 'f3'], 1]);
      assert.equal(reasons[0]!.index, 1);
      assert.match(reasons[0]!.field, field);
      assert.match(reasons[0]!.why, /^it cannot be read: /);
      assert.equal(kept.filter((line) => line.includes(JSON.stringify(JSON.stringify(bad)).slice(1, 40))).length, 1);
    });
  }

  it('takes alerts with labels named as parts of objects, and deep ones, for what they are', async () => {
    const deep = `${'['.repeat(60_000)}${']'.repeat(60_000)}`;
    const named = alert({ labels: { alertname: 'Down', region: 'east', constructor: 'x', prototype: 'y' } });
    const body = JSON.stringify(webhook({ alerts: [named, alert({ values: 'DEEP' }), alert({ labels: 'DEEP' }), alert()] }));
    const response = await post(body.replaceAll('"DEEP"', deep).replace('"constructor"', '"__proto__":"z","constructor"'));
    assert.equal(response.status, 200);
    assert.equal(taken.length, 3);
    assert.equal(Object.getPrototypeOf(taken[0]), Object.prototype);
  });

  it('lets in who has a token of the senders, as a bearer or as a password, and nobody else', async () => {
    const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    for (const authorization of [`Bearer ${token}`, `bearer ${token}`, basic('alertmanager', token), basic('', token)])
      assert.equal((await post(webhook(), authorization)).status, 200, authorization);
    const wrong = ['', 'Bearer wrong', `Bearer ${tokens.ada}`, basic(token, 'wrong'), basic('x', ''), `Basic ${token}`, `Digest ${token}`];
    for (const authorization of wrong) {
      const response = await post(webhook(), authorization);
      assert.match(response.headers.get('www-authenticate') ?? '', /Bearer.*Basic/);
      assert.equal((await problemIn(response)).code, 'NotSignedIn', authorization);
    }
    assert.equal(taken.length, 4);
  });

  it('opens nothing else to a sender of alerts', async () => {
    for (const [method, path] of [
      ['GET', '/api/runs'],
      ['POST', '/api/runs'],
      ['POST', '/api/incidents'],
    ] as const) {
      const body = method === 'POST' ? { body: {} } : {};
      assert.equal((await api.call(method, path, { ...body, headers: { authorization: `Bearer ${token}` } })).status, 401, path);
    }
  });

  it('refuses a webhook of another shape, and names each field', async () => {
    const broken = webhook({ version: '5', alerts: 'many' });
    const { status, errors } = await problemIn(await post(broken));
    assert.equal(status, 422);
    assert.deepEqual(
      errors!.map(({ pointer }) => pointer),
      ['/version', '/alerts'],
    );
    assert.equal((await problemIn(await post('{'))).code, 'BrokenJson');
    assert.deepEqual([(await problemIn(await post([]))).status, taken.length], [422, 0]);
  });

  it('takes up to 4 MB at once, and no more', async () => {
    const annotations = { summary: 'It is down', description: 'x'.repeat(1_000) };
    const many = webhook({ alerts: Array.from({ length: 3_000 }, (_, index) => alert({ fingerprint: `f${index}`, annotations })) });
    assert.equal((await post(many)).status, 200);
    assert.equal(taken.length, 3_000);
    assert.equal((await problemIn(await post({ ...many, more: 'x'.repeat(1_000_000) }))).code, 'TooLarge');
  });

  it('says 503 and when to come again while too much waits, or nobody records', async () => {
    for (const code of ['Busy', 'NoWorker'] as const) {
      problem = new RunProblem(503, code, 'send these again in a few seconds');
      const response = await post(webhook());
      assert.equal(response.headers.get('retry-after'), '2');
      assert.equal((await problemIn(response)).code, code);
    }
  });

  it('is not there where nobody takes alerts', async () => {
    const without = await startApi();
    assert.equal((await without.call('POST', '/api/alerts', { body: webhook() })).status, 404);
    await without.close();
  });

  it('is described with its own way in', async () => {
    const { paths } = (await (await api.call('GET', '/api/openapi.json')).json()) as {
      paths: Record<string, { post?: { security: unknown } }>;
    };
    assert.deepEqual(paths['/api/alerts']!.post!.security, [{ token: [] }, { password: [] }]);
  });
});
