import assert from 'node:assert/strict';
import { pagerDutyActivities } from '../../src/activities/messages/pagerduty.ts';
import { slackActivities } from '../../src/activities/messages/slack.ts';
import { statuspageActivities } from '../../src/activities/messages/statuspage.ts';
import { environmentWith } from './environment.ts';
import { inStep } from './in-step.ts';
import { type Answer, deadUrl, smallServers } from './small-server.ts';

const good: Answer = { status: 200, body: { ok: true } };
const secrets = { SLACK_TOKEN: 'xoxb-practice-0123456789', PAGERDUTY_KEY: 'routing-key-0123456789', STATUSPAGE_KEY: 'page-key-0123456789' };

describe('messages', () => {
  const listening = smallServers();
  const slackAt = (url: string) => slackActivities(environmentWith({ ...secrets, SLACK: url })).notifySlack;
  const pagerDutyAt = (url: string) => pagerDutyActivities(environmentWith({ ...secrets, PAGERDUTY: url })).notifyPagerDuty;
  const statuspageAt = (url: string) => statuspageActivities(environmentWith({ ...secrets, STATUSPAGE: url })).notifyStatuspage;
  const text = 'Failing over to west';

  it('go to the Slack channel of the environment, without secrets in the evidence', async () => {
    const slack = await listening(() => good);
    const { result, evidence } = await inStep(slackAt(`${slack.url}/api`), { text: `${text} password=opensesame` });
    assert.deepEqual(result, { sent: true });
    const [asked] = slack.asked;
    assert.deepEqual([asked!.path, asked!.headers.authorization], ['/api/chat.postMessage', `Bearer ${secrets.SLACK_TOKEN}`]);
    const { channel, text: said } = asked!.body as { channel: string; text: string };
    assert.deepEqual([channel, said], ['#incident-practice', `${text} password=[redacted]`]);
    assert.deepEqual([evidence.length, evidence[0]!.tool, evidence[0]!.kind], [1, 'notify', 'notify']);
    assert.ok(!JSON.stringify(evidence).includes(secrets.SLACK_TOKEN));
  });

  it('carry the buttons of a gate only where people may decide in Slack, and no secret', async () => {
    const slack = await listening(() => good);
    const environment = environmentWith({ ...secrets, SLACK: `${slack.url}/api` });
    const { notify } = environment;
    const decisions = { signingSecret: 'env:NOT_ASKED_FOR_HERE', answers: 'https://hooks.slack.com' };
    const may = { ...environment, notify: { ...notify, slack: { ...notify.slack!, decisions } } };
    const gate = {
      ...{ id: '4-decide', question: 'Fail over? password=opensesame', of: 'commander', quorum: 1, state: 'open', digest: 'd'.repeat(64) },
      ...{ facts: [], decisions: [], escalations: [] },
    };
    const asked = { text: `${text} password=opensesame`, gate: { run: 'run-1', title: 'Fail over', gate } };
    await inStep(slackActivities(environment).notifySlack, asked);
    await inStep(slackActivities(may).notifySlack, asked);
    await inStep(slackActivities(may).notifySlack, { text });
    const bodies = slack.asked.map(({ body }) => body as { text: string; blocks?: { type: string }[] });
    assert.deepEqual(
      bodies.map(({ blocks }) => blocks?.at(-1)?.type),
      [undefined, 'actions', undefined],
    );
    assert.equal(bodies[1]!.text, `${text} password=[redacted]`);
    assert.match(JSON.stringify(bodies[1]!.blocks), /muster-approve.*run-1.*4-decide/);
    assert.ok(!JSON.stringify(bodies).includes('opensesame'));
  });

  it('never fail: a dead service is a problem in the result, within seconds', async () => {
    const started = Date.now();
    const { result, evidence } = await inStep(slackAt(await deadUrl()), { text });
    assert.equal(result.sent, false);
    assert.match(result.problem!, /ECONNREFUSED/);
    assert.equal(
      evidence.reduce((sum, { times = 1 }) => sum + times, 0),
      3,
    );
    assert.ok(Date.now() - started < 5_000);
  });

  it('wait as long as a 429 asks, and give up when that is too long', async () => {
    const patient = await listening((_asked, index) => (index === 0 ? { status: 429, headers: { 'retry-after': '1' } } : good));
    assert.deepEqual((await inStep(slackAt(patient.url), { text })).result, { sent: true });
    assert.equal(patient.asked.length, 2);
    const long = await listening(() => ({ status: 429, headers: { 'retry-after': '30' } }));
    const { result } = await inStep(slackAt(long.url), { text });
    assert.deepEqual([result.sent, long.asked.length, /30 s/.test(result.problem!)], [false, 1, true]);
  });

  it('are tried again after a 500, and say that they may be a repeat', async () => {
    const slack = await listening((_asked, index) => (index === 0 ? { status: 500 } : good));
    assert.deepEqual((await inStep(slackAt(slack.url), { text })).result, { sent: true });
    assert.deepEqual(
      slack.asked.map(({ body }) => (body as { text: string }).text),
      [text, `(may be a repeat) ${text}`],
    );
  });

  it('do not wait for a service that is too slow', async () => {
    const slow = await listening(() => 'silence');
    const started = Date.now();
    const { result } = await inStep(pagerDutyAt(slow.url), { action: 'trigger', dedupKey: 'run-1', summary: text, severity: 'critical' });
    assert.equal(result.sent, false);
    assert.ok(Date.now() - started < 9_000, `${Date.now() - started} ms`);
  });

  it('are not tried again when Slack refuses them, and say why', async () => {
    const slack = await listening(() => ({ status: 200, body: { ok: false, error: 'channel_not_found' } }));
    const { result } = await inStep(slackAt(slack.url), { text });
    assert.deepEqual([result.problem, slack.asked.length], ['Slack refused the message: channel_not_found', 1]);
  });

  it('reach PagerDuty as one alert a key', async () => {
    const pagerDuty = await listening(() => ({ status: 202 }));
    const notify = pagerDutyAt(pagerDuty.url);
    await inStep(notify, { action: 'trigger', dedupKey: 'run-1', summary: 'x'.repeat(5_000), severity: 'critical' });
    await inStep(notify, { action: 'resolve', dedupKey: 'run-1', summary: 'done', severity: 'info' });
    const [trigger, resolve] = pagerDuty.asked.map(
      ({ body }) => body as { event_action: string; dedup_key: string; routing_key: string; payload?: { summary: string } },
    );
    assert.deepEqual([trigger!.event_action, trigger!.dedup_key, trigger!.routing_key], ['trigger', 'run-1', secrets.PAGERDUTY_KEY]);
    assert.equal(trigger!.payload!.summary.length, 1_024);
    assert.deepEqual([resolve!.event_action, resolve!.payload], ['resolve', undefined]);
  });

  it('open one Statuspage incident a run and update it, also from another worker', async () => {
    const incidents: { id: string; metadata: unknown }[] = [];
    const page = await listening(({ method, body }) => {
      if (method === 'GET') return { status: 200, body: incidents };
      if (method === 'PATCH') return { status: 200, body: incidents[0] };
      incidents.push({ id: 'inc-1', metadata: (body as { incident: { metadata: unknown } }).incident.metadata });
      return { status: 201, body: incidents[0] };
    });
    const update = { name: 'The shop', body: text, runId: 'run-1' };
    const first = statuspageAt(page.url);
    assert.deepEqual((await inStep(first, { ...update, status: 'investigating' })).result, { sent: true });
    await inStep(first, { ...update, status: 'monitoring' });
    await inStep(statuspageAt(page.url), { ...update, status: 'resolved' });
    assert.deepEqual(
      page.asked.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`),
      ['POST /v1/pages/practice/incidents', 'PATCH /v1/pages/practice/incidents/inc-1', 'PATCH /v1/pages/practice/incidents/inc-1'],
    );
  });

  it('are not sent when the environment has no such service', async () => {
    const environment = environmentWith({});
    const { result } = await inStep(slackActivities({ ...environment, notify: {} }).notifySlack, { text });
    assert.deepEqual(result, { sent: false, problem: 'this environment has no Slack' });
  });
});
