import assert from 'node:assert/strict';
import { createMatcher, type SentAlert } from '../../src/incidents/match-alert.ts';
import { alertRule } from '../../src/config/schema/alert-rules.ts';
import type { AlertFact } from '../../src/workflows/incident/alerts.ts';
import { incidentsWith } from './support/incidents-with.ts';

const sent = (more: Partial<SentAlert> = {}): SentAlert => ({
  ...{ status: 'firing', labels: { alertname: 'RegionDown', region: 'east', severity: 'critical' }, annotations: {} },
  ...{ startsAt: '2026-03-01T12:00:00.123456789+01:00', endsAt: '0001-01-01T00:00:00Z', fingerprint: 'abc' },
  ...more,
});
const down = {
  ...{ name: 'region-down', match: { alertname: 'RegionDown' }, service: 'shop', severity: 'P0', groupBy: ['region'] },
  summary: 'The region {labels.region} does not answer',
};
const read = async (rule: object | object[], alert: SentAlert): Promise<AlertFact> => {
  const understood = createMatcher(await incidentsWith([rule].flat()))(alert);
  if ('why' in understood) throw new Error(understood.why);
  return understood.fact;
};
const why = async (rule: object, alert: SentAlert) => {
  const understood = createMatcher(await incidentsWith([rule]))(alert);
  return 'why' in understood ? understood.why : understood.fact;
};

describe('rules for alerts', () => {
  it('say what an alert is about, how bad it is, and with which others it is one incident', async () => {
    assert.deepEqual(await read(down, sent({ generatorURL: 'http://prometheus/graph' })), {
      ...{ fingerprint: 'abc', rule: 'region-down', cause: 'region-down{region="east"}', status: 'firing' },
      ...{ startsAt: '2026-03-01T11:00:00.123Z', service: 'shop', severity: 'P0' },
      ...{ summary: 'The region east does not answer', url: 'http://prometheus/graph' },
    });
  });

  it('are tried in their order, and the first that matches takes it', async () => {
    const any = { ...down, name: 'any', match: {}, groupBy: [] };
    assert.equal((await read([down, any], sent())).rule, 'region-down');
    assert.equal((await read([any, down], sent())).rule, 'any');
    assert.equal((await read([down, any], sent({ labels: {} }))).cause, 'any{}');
  });

  it('match values as they are, patterns anywhere unless they are anchored, and a missing label as an empty one', async () => {
    const takes = async (match: Record<string, string>) => !('why' in createMatcher(await incidentsWith([{ ...down, match }]))(sent()));
    assert.ok(await takes({ region: 'east', alertname: '/Down$/' }));
    assert.ok(await takes({ region: '/^(east|west)$/', zone: '' }));
    assert.ok(await takes({ alertname: '/regiondown/i' }));
    assert.ok(!(await takes({ region: 'eas' })));
    assert.ok(!(await takes({ region: '/^ast/' })));
    assert.ok(!(await takes({ zone: '/./' })));
    assert.ok(!(await takes({ constructor: '/./' })));
  });

  it('can take service and severity from labels, with words of their own', async () => {
    const rule = {
      ...down,
      service: { label: 'app', map: { web: 'shop' } },
      severity: { label: 'severity', map: { critical: 'P1' }, otherwise: 'P3' },
    };
    const of = async (labels: Record<string, string>) => {
      const { service, severity } = await read({ ...rule, match: {} }, sent({ labels }));
      return [service, severity];
    };
    assert.deepEqual(await of({ app: 'web', severity: 'critical' }), ['shop', 'P1']);
    assert.deepEqual(await of({ app: 'web', severity: 'strange' }), ['shop', 'P3']);
    assert.deepEqual(await of({ app: 'web' }), ['shop', 'P3']);
    assert.deepEqual(
      (await read({ ...down, service: { label: 'app' } }, sent({ labels: { ...sent().labels, app: 'shop' } }))).service,
      'shop',
    );
  });

  it('say why an alert is not for them', async () => {
    assert.equal(await why(down, sent({ labels: {} })), 'no rule matches its labels');
    assert.equal(await why({ ...down, service: { label: 'app' } }, sent()), 'the rule region-down finds no service that is known here');
    const severity = { label: 'severity', map: { page: 'P0' } };
    assert.equal(await why({ ...down, severity }, sent()), 'the rule region-down finds no severity that is known here');
    assert.equal(await why(down, sent({ startsAt: '0001-01-01T00:00:00Z' })), 'it does not say when it began');
  });

  it('suggest a runbook with an input out of the alert’s labels', async () => {
    const suggests = {
      runbook: 'fail-over-region',
      input: { service: 'shop', from: '{labels.region}', more: [{ to: 'not {labels.region}' }, 3] },
      why: '{labels.region} is {{gone}}',
    };
    assert.deepEqual((await read({ ...down, suggests, declareAfter: '5m' }, sent())).suggests, {
      ...{ runbook: 'fail-over-region', input: { service: 'shop', from: 'east', more: [{ to: 'not east' }, 3] } },
      why: 'east is {gone}',
    });
    assert.equal((await read({ ...down, declareAfter: '5m' }, sent())).declareAfterMs, 300_000);
  });

  it('keep the end of a resolved alert only', async () => {
    const ends = async (more: Partial<SentAlert>) => (await read(down, sent(more))).endsAt;
    assert.equal(await ends({ endsAt: '2030-01-01T00:00:00Z' }), undefined);
    assert.equal(await ends({ status: 'resolved', endsAt: '2026-03-01T12:05:00Z' }), '2026-03-01T12:05:00.000Z');
    assert.equal(await ends({ status: 'resolved' }), undefined);
  });

  it('make one short line of whatever a sender writes', async () => {
    const annotations = { summary: `a\u001b[31m\r\nb\u202e${'x'.repeat(1_000)}` };
    const { summary } = await read({ ...down, summary: '{annotations.summary}' }, sent({ annotations }));
    assert.match(summary, /^a \[31m b x+$/);
    assert.equal(summary.length, 300);
    assert.equal((await read({ ...down, summary: '{annotations.none}' }, sent())).summary, 'region-down');
  });

  it('give an alert without a fingerprint one of its labels, and a very long cause a short name', async () => {
    const { fingerprint: _none, ...bare } = sent();
    const one = await read(down, bare);
    assert.match(one.fingerprint, /^[0-9a-f]{16}$/);
    assert.equal(
      (await read(down, { ...bare, labels: { severity: 'critical', region: 'east', alertname: 'RegionDown' } })).fingerprint,
      one.fingerprint,
    );
    const long = await read(down, sent({ labels: { alertname: 'RegionDown', region: 'x'.repeat(5_000) } }));
    assert.match(long.cause, /^region-down\{[0-9a-f]{16}\}$/);
  });

  it('are refused at load when a pattern is broken or a text names what no alert has', () => {
    const rule = {
      ...down,
      match: { region: '/(/' },
      summary: '{title} {labels.}',
      suggests: { runbook: 'x', input: { a: ['{b}'] }, why: 'open {' },
    };
    const { error } = alertRule.safeParse(rule);
    assert.deepEqual(
      error!.issues.map(({ path }) => path.join('.')),
      ['match.region', 'summary', 'summary', 'suggests.input', 'suggests.why'],
    );
  });
});
