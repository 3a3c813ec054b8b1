import assert from 'node:assert/strict';
import { env, startApi, type Api } from '../api/support/api.ts';
import { pagerDutySigned, sendRaw } from '../api/support/signed.ts';
import { startWholeTemporal, type WholeTemporal } from './support/whole-temporal.ts';

const secret = 'the-secret-of-the-webhook';

describe('what is said in PagerDuty about an incident on a real Temporal', function () {
  this.timeout(30_000);
  let whole: WholeTemporal;
  let apis: Api[];
  before(async () => {
    whole = await startWholeTemporal();
    await whole.startWorker();
    const { notify, people, ...rest } = whole.environment;
    const environment = {
      ...rest,
      people: people.map((one) => (one.subject === 'sam' ? { ...one, pagerduty: 'PSAMSAM' } : one)),
      notify: { ...notify, pagerduty: { ...notify.pagerduty!, webhook: { secrets: ['env:SECRET'] } } },
    };
    const api = () => startApi({ environment, incidents: whole.incidents, env: { ...env, SECRET: secret } });
    apis = [await api(), await api()];
  });
  after(async () => {
    for (const api of apis ?? []) await api.close();
    await whole.stop();
  });

  const says = async (api: Api, number: string, what: string, who: string, id: string) => {
    const event = {
      ...{ id, event_type: `incident.${what}`, occurred_at: new Date().toISOString() },
      agent: { id: who, type: 'user_reference', summary: 'Somebody' },
      data: { incident_key: number, service: { id: 'PF9KMXH' } },
    };
    const body = JSON.stringify({ event });
    const response = await sendRaw(api, '/api/pagerduty/events', body, pagerDutySigned(body, secret));
    assert.equal(response.status, 200);
    return ((await response.json()) as { outcome: string }).outcome;
  };
  const escalates = async (number: string) => {
    const { next } = await whole.incidents.view(number);
    return next.some(({ what }) => what.startsWith('escalate to'));
  };
  const lines = async (number: string) => (await whole.incidents.view(number)).timeline.map(({ text }) => text);

  it('stops the ladder when it is somebody of ours, and says there that it was', async () => {
    const number = (await whole.incidents.declare({ title: 'Nobody can order', service: 'shop', severity: 'P1', by: 'ana' })).number!;
    const [one, other] = apis as [Api, Api];
    assert.ok(await escalates(number));
    assert.equal(await says(one, number, 'acknowledged', 'PSTRANGER', 'event-1'), 'noted');
    assert.ok(await escalates(number));
    assert.match((await lines(number)).at(-1)!, /^Somebody \(PSTRANGER\) acknowledged it in PagerDuty, which does not count here/);

    assert.equal(await says(one, number, 'acknowledged', 'PSAMSAM', 'event-2'), 'carriedOut');
    const { acknowledgedRound, round, state } = await whole.incidents.view(number);
    assert.deepEqual([state, acknowledgedRound], ['acknowledged', round]);
    assert.ok((await lines(number)).includes('sam acknowledges in PagerDuty'));
    const before = (await lines(number)).length;
    assert.equal(await says(other, number, 'acknowledged', 'PSAMSAM', 'event-2'), 'alreadySo');
    assert.equal(await says(other, number, 'acknowledged', 'PSTRANGER', 'event-1'), 'alreadySo');
    assert.equal((await lines(number)).length, before);

    assert.equal(await says(one, number, 'resolved', 'PSAMSAM', 'event-3'), 'carriedOut');
    assert.ok((await lines(number)).some((text) => text.includes('sam resolved it in PagerDuty')));
  });
});
