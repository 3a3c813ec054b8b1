import assert from 'node:assert/strict';
import type { Environment } from '../../src/config/environment.ts';
import { pagerDutySignature } from '../../src/api/chat/signatures.ts';
import { RunProblem } from '../../src/runs/problem.ts';
import type { IncidentView } from '../../src/workflows/incident/view.ts';
import { incidentView } from '../incidents/support/incident-view.ts';
import { env, problemIn, startApi, testEnvironment, tokens, type Api, type Subject } from './support/api.ts';
import { pagerDutySigned, sendRaw } from './support/signed.ts';
import { published } from './support/published.ts';

const path = '/api/pagerduty/events';
const number = 'INC-2026-03-14-001';
const [first, second] = ['the-first-secret-of-the-webhook', 'the-second-secret-of-the-webhook'];
let count = 0;

const agentOf = (id: string) => ({ id, type: 'user_reference', summary: `User ${id}`, html_url: `https://acme.pagerduty.com/users/${id}` });
const sam = agentOf('PSAMSAM');
const program = { id: 'PINTEGR', type: 'events_api_v2_inbound_integration_reference', summary: 'Muster' };

/** An event as PagerDuty sends it; of an incident of Muster unless said. */
const eventOf = (what: string, agent: object | null = sam, data: object = {}, more: object = {}) => ({
  event: {
    ...{ id: `event-${++count}`, event_type: `incident.${what}`, resource_type: 'incident', occurred_at: '2026-03-14T09:05:00.000Z' },
    ...{ agent, client: { name: 'PagerDuty' } },
    data: {
      ...{ id: 'PGR0VU2', type: 'incident', number: 2, status: what, incident_key: number, title: 'The shop is down' },
      ...{ service: { id: 'PF9KMXH', type: 'service_reference' }, assignees: [], urgency: 'high', resolve_reason: null, ...data },
    },
    ...more,
  },
});

async function environmentWith(webhook: NonNullable<Environment['notify']['pagerduty']>['webhook']): Promise<Environment> {
  const environment = await testEnvironment();
  const accounts: Partial<Record<string, string>> = { sam: 'PSAMSAM', vic: 'PVICVIC', ana: 'Ana@Example.com' };
  const people = environment.people.map((one) => ({
    ...one,
    ...(accounts[one.subject] ? { pagerduty: accounts[one.subject]! } : {}),
  }));
  const pagerduty = { ...environment.notify.pagerduty!, ...(webhook ? { webhook } : {}) };
  return { ...environment, people, notify: { ...environment.notify, pagerduty } };
}
const secretsIn = { ...env, FIRST: first, SECOND: second, PUBLISHED: published.pagerduty.secret, SHORT: 'short' };

describe('POST /api/pagerduty/events', () => {
  let api: Api;
  const declared: Partial<IncidentView> = { state: 'declared', acknowledgedRound: null };
  const isNow = (changes: Partial<IncidentView>) => {
    api.incidents.viewAnswer = async () => incidentView({ number, ...changes });
  };
  before(async () => {
    const environment = await environmentWith({ secrets: ['env:FIRST', 'env:SECOND', 'env:PUBLISHED'], service: 'PF9KMXH' });
    api = await startApi({ environment, env: secretsIn });
  });
  beforeEach(() => {
    api.incidents.asked.length = 0;
    isNow(declared);
  });
  after(() => api?.close());

  const post = (body: unknown, headers?: Record<string, string>) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return sendRaw(api, path, text, headers ?? pagerDutySigned(text, first));
  };
  const taken = async (body: unknown) => {
    const response = await post(body);
    assert.equal(response.status, 200);
    return ((await response.json()) as { outcome: string; detail: string }).outcome;
  };
  const said = () => api.incidents.asked.map(({ number: to, ask: { id: _id, ...ask } }) => ({ to, ...ask }));

  it('acknowledges in the name of whoever acknowledged in PagerDuty', async () => {
    assert.equal(await taken(eventOf('acknowledged')), 'carriedOut');
    assert.deepEqual(said(), [{ to: number, by: 'sam', channel: 'pagerduty', command: 'acknowledge', with: {} }]);
  });

  it('knows a person by the e-mail address of the account too, and a rung of the ladder by its key', async () => {
    const agent = { ...agentOf('PUNKNOWN'), email: 'ana@example.com' };
    assert.equal(await taken(eventOf('acknowledged', agent, { incident_key: `${number}/P0/unacknowledged/1` })), 'carriedOut');
    assert.deepEqual([said()[0]!.to, said()[0]!.by], [number, 'ana']);
  });

  it('begins to verify when a person resolves', async () => {
    assert.equal(await taken(eventOf('resolved')), 'carriedOut');
    const resolution = 'sam resolved it in PagerDuty';
    assert.deepEqual(said(), [{ to: number, by: 'sam', channel: 'pagerduty', command: 'resolve', with: { resolution } }]);
  });

  const notes: [string, () => object, string, RegExp][] = [
    [
      'of somebody who is not known here',
      () => eventOf('acknowledged', agentOf('PNOBODY')),
      'PagerDuty',
      /^User PNOBODY \(PNOBODY\) ack.*nobody in range/,
    ],
    [
      'of somebody whose role is too weak',
      () => eventOf('acknowledged', agentOf('PVICVIC')),
      'vic',
      /^vic acknowledged it in PagerDuty.*responder/,
    ],
    ['of a program', () => eventOf('resolved', program), 'PagerDuty', /^Something resolved it in PagerDuty.*no person did/],
    ['of nobody', () => eventOf('acknowledged', null), 'PagerDuty', /no person did/],
    ['that only merged it', () => eventOf('resolved', sam, { resolve_reason: { type: 'merge_resolve_reason' } }), 'sam', /merged/],
  ];
  for (const [whose, event, by, text] of notes) {
    it(`only notes what is ${whose}: the ladder goes on`, async () => {
      assert.equal(await taken(event()), 'noted');
      assert.deepEqual([said().length, said()[0]!.command, said()[0]!.by], [1, 'note', by]);
      assert.match((said()[0]!.with as { text: string }).text, text);
    });
  }

  it('notes who said what the incident refuses, and why', async () => {
    let asked = 0;
    api.incidents.askAnswer = async () => {
      if (asked++ === 0) throw new RunProblem(409, 'NotNow', 'resolve is not possible: the incident is proposed');
      return { applied: true };
    };
    assert.equal(await taken(eventOf('resolved')), 'noted');
    assert.match((said()[1]!.with as { text: string }).text, /^sam resolved it in PagerDuty, .*the incident is proposed$/);
  });

  const echoes: [string, Partial<IncidentView>, object][] = [
    ['an acknowledgement of what is acknowledged', { state: 'acknowledged', acknowledgedRound: 1 }, eventOf('acknowledged', program)],
    ['the same by a person', { state: 'acknowledged', acknowledgedRound: 1 }, eventOf('acknowledged')],
    ['an end of what is being verified', { state: 'verifying' }, eventOf('resolved')],
    ['an end of what is resolved', { state: 'resolved' }, eventOf('resolved', program)],
    ['an end of what was dismissed', { state: 'dismissed' }, eventOf('resolved', program)],
    [
      'what was said before it was opened again',
      { ...declared, round: 2, roundSince: '2026-03-14T09:06:00.000Z' },
      eventOf('acknowledged'),
    ],
  ];
  for (const [what, state, event] of echoes) {
    it(`leaves alone ${what}`, async () => {
      isNow(state);
      assert.equal(await taken(event), 'alreadySo');
      assert.deepEqual(said(), []);
    });
  }

  const others: [string, object][] = [
    ['of another kind', eventOf('priority_updated')],
    ['of a name that objects have', eventOf('acknowledged', sam, {}, { event_type: 'constructor' })],
    ["of another service's incident", eventOf('acknowledged', sam, { service: { id: 'POTHER1' } })],
    ['of an incident that Muster did not open', eventOf('acknowledged', sam, { incident_key: 'd3640fbd41094207a1c11e58e46b1662' })],
    ['of one without a key', eventOf('acknowledged', sam, { incident_key: null })],
    [
      'that tries the webhook',
      { event: { ...eventOf('x').event, event_type: 'pagey.ping', agent: null, data: { message: 'Hello', type: 'ping' } } },
    ],
  ];
  for (const [which, event] of others) {
    it(`answers an event ${which}, and does nothing`, async () => {
      assert.equal(await taken(event), 'notOurs');
      assert.deepEqual(said(), []);
    });
  }

  it('does nothing for an incident that this environment does not have', async () => {
    api.incidents.viewAnswer = async () => {
      throw new RunProblem(404, 'NotFound', 'there is no such incident');
    };
    assert.equal(await taken(eventOf('acknowledged')), 'notOurs');
  });

  it('does an event once, however often it comes', async () => {
    const event = eventOf('acknowledged');
    assert.deepEqual([await taken(event), await taken(event), said().length], ['carriedOut', 'repeated', 1]);
  });

  it('takes an event again that nobody could take, as the same command', async () => {
    const event = eventOf('acknowledged');
    api.incidents.askAnswer = async () => {
      throw new RunProblem(503, 'TemporalUnavailable', 'Temporal does not answer');
    };
    assert.equal((await problemIn(await post(event))).code, 'TemporalUnavailable');
    api.incidents.askAnswer = async () => ({ applied: true });
    assert.equal(await taken(event), 'carriedOut');
    const [one, again] = api.incidents.asked;
    assert.equal(one!.ask.id, again!.ask.id);
  });

  it('records an acknowledgement also while no worker can show the incident', async () => {
    api.incidents.viewAnswer = async () => {
      throw new RunProblem(503, 'NoWorker', 'no worker answers');
    };
    api.incidents.askAnswer = async () => ({ applied: false });
    assert.equal(await taken(eventOf('acknowledged')), 'carriedOut');
  });

  it("takes PagerDuty's own published example, and either secret while they change", async () => {
    const { body, signature, secret } = published.pagerduty;
    assert.equal((await post(body, { 'x-pagerduty-signature': signature })).status, 200);
    pagerDutySignature([secret]).check({ 'x-pagerduty-signature': signature }, Buffer.from(body));
    for (const secrets of [[second], ['another-secret-of-theirs', second], [first, second]]) {
      const event = JSON.stringify(eventOf('acknowledged'));
      assert.equal((await post(event, pagerDutySigned(event, ...secrets))).status, 200);
    }
    assert.equal(said().length, 3);
  });

  it('refuses what is not signed, or not for these bytes, and does nothing', async () => {
    const event = JSON.stringify(eventOf('acknowledged'));
    const [signature] = Object.values(pagerDutySigned(event, first)) as [string];
    const wrong = [
      '',
      'v1=',
      signature.slice(3),
      signature.replace('v1', 'v0'),
      `${signature}00`,
      signature.slice(0, -2),
      `v1=${'0'.repeat(64)}`,
    ];
    for (const one of [
      ...wrong,
      Object.values(pagerDutySigned(event, 'another-secret-of-theirs'))[0]!,
      ...Object.values(pagerDutySigned(`${event} `, first)),
    ])
      assert.equal((await problemIn(await post(event, { 'x-pagerduty-signature': one }))).code, 'NotSignedIn', one);
    assert.equal((await problemIn(await post(event, {}))).status, 401);
    assert.deepEqual(said(), []);
  });

  it('is not opened by the token of anybody', async () => {
    for (const as of Object.keys(tokens) as Subject[])
      assert.equal((await api.call('POST', path, { as, body: eventOf('acknowledged') })).status, 401, as);
    assert.equal((await api.call('GET', '/api/runs', { headers: pagerDutySigned('', first) })).status, 401);
    assert.deepEqual(said(), []);
  });

  it('refuses a signed body that cannot be read', async () => {
    const latin = Buffer.from('{"event":"\xe9"}', 'latin1');
    const signed = pagerDutySigned(latin as unknown as string, first);
    assert.equal((await problemIn(await sendRaw(api, path, latin, signed))).status, 400);
    assert.equal((await problemIn(await post('{'))).code, 'BrokenJson');
    assert.deepEqual(
      (await problemIn(await post({ event: { id: 'x' } }))).errors?.map(({ pointer }) => pointer),
      ['/event/event_type', '/event/occurred_at', '/event/data'],
    );
  });

  it('is described with its signature, and is not there without secrets', async () => {
    const { paths } = (await (await api.call('GET', '/api/openapi.json')).json()) as {
      paths: Record<string, { post?: { security: unknown } }>;
    };
    assert.deepEqual(paths[path]!.post!.security, [{ 'X-PagerDuty-Signature': [] }]);
    const without = await startApi();
    assert.equal((await without.call('POST', path, { body: {} })).status, 404);
    await without.close();
  });

  it('does not boot with a secret that is missing, or that anybody could guess', async () => {
    const missing = await environmentWith({ secrets: ['env:NOT_THERE'] });
    await assert.rejects(startApi({ environment: missing, env: secretsIn }), /NOT_THERE is not set/);
    const short = await environmentWith({ secrets: ['env:SHORT'] });
    await assert.rejects(startApi({ environment: short, env: secretsIn }), /fewer than 16 characters/);
  });
});
