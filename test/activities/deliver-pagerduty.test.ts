import assert from 'node:assert/strict';
import { pagerDutyActivities } from '../../src/activities/messages/pagerduty.ts';
import type { Delivery, Post } from '../../src/workflows/incident/messages.ts';
import { failureOf, inStep } from './in-step.ts';
import { deliveryOf, drill, inboxOfTest } from './inbox-environment.ts';
import { smallServers } from './small-server.ts';
import { environmentWith } from './environment.ts';

type PagerDutyPost = Extract<Post, { sink: 'pagerduty' }>;
interface Event {
  event_action: string;
  dedup_key: string;
  payload?: { summary: string; severity: string; custom_details: object };
  links?: object[];
}

describe('events of an incident for PagerDuty', () => {
  const inbox = inboxOfTest();
  const listening = smallServers();
  const deliver = (delivery: Delivery<PagerDutyPost>) => inStep(pagerDutyActivities(inbox.now.environment).deliverPagerDuty, delivery);
  const event = (act: PagerDutyPost['act'], more: Partial<Delivery<PagerDutyPost>> = {}, summary = 'P0 Orders fail') =>
    deliveryOf<PagerDutyPost>({ sink: 'pagerduty', act, summary, severity: 'critical' }, more);
  const took = () => inbox.now.took<Event>('pagerduty');

  it('are one alert from trigger to resolve, whose key is the number of the incident', async () => {
    const key = 'INC-2026-11-03-007';
    const links = { ticket: { key: 'OPS-7', url: 'https://tickets.example/browse/OPS-7' } };
    assert.deepEqual((await deliver(event('trigger', { links }))).result, { pagerduty: { key } });
    await deliver(event('acknowledge'));
    await deliver(event('resolve'));
    assert.deepEqual(
      took().map(({ event_action, dedup_key }) => [event_action, dedup_key]),
      [
        ['trigger', key],
        ['acknowledge', key],
        ['resolve', key],
      ],
    );
    const [{ payload, links: shown }, acknowledged] = took() as [Event, Event, Event];
    assert.deepEqual([payload!.summary, payload!.severity], ['P0 Orders fail', 'critical']);
    assert.deepEqual(payload!.custom_details, { incident: key, title: 'Orders fail', started: '2026-11-03T12:01:00.000Z' });
    assert.deepEqual([shown, acknowledged.payload], [[{ href: links.ticket.url, text: 'Ticket OPS-7' }], undefined]);
  });

  it('are marked when late, cut to what PagerDuty takes, and free of secrets', async () => {
    await deliver(event('trigger', { dueAt: '2026-11-03T12:05:00.000Z' }, `token=abcdef0123 ${'x'.repeat(2_000)}`));
    const { summary } = took()[0]!.payload!;
    assert.match(summary, /^\(late: was due 12:05 UTC\) token=\[redacted\] x+…$/);
    assert.equal(summary.length, 1_024);
  });

  it('of a drill page nobody, and the answer says why', async () => {
    const { result, evidence } = await deliver(event('trigger', { incident: drill }, 'DRILL: P0 Orders fail'));
    const notPaged = 'this is a drill, and a drill never pages the real rotation';
    assert.deepEqual(result, { pagerduty: { key: 'INC-2026-11-03-007', notPaged } });
    assert.deepEqual([took(), evidence.map(({ call, outcome }) => [call, outcome])], [[], [['PagerDuty: trigger', notPaged]]]);
  });

  it('may simply be repeated, so that no failure leaves their fate unknown', async () => {
    const names = [];
    for (const how of ['refuse', 'limit', 'error', 'stall', 'lose-answers'] as const) {
      await inbox.now.down(['pagerduty'], how);
      names.push((await failureOf(deliver(event('trigger')))).name);
      await inbox.now.up();
    }
    assert.deepEqual(names, Array(5).fill('Transient'));
    await deliver(event('trigger', { unsure: true }));
    assert.deepEqual(new Set(took().map(({ dedup_key }) => dedup_key)).size, 1);
  });

  it('are refused for good when the routing key is wrong or nothing is there', async () => {
    const { environment } = inbox.now;
    const wrong = { ...environment, notify: { pagerduty: { ...environment.notify.pagerduty!, routingKey: 'wrong-key' } } };
    const refused = await failureOf(inStep(pagerDutyActivities(wrong).deliverPagerDuty, event('trigger')));
    assert.deepEqual([refused.name, refused.nonRetryable, /invalid routing key/.test(refused.message)], ['Permanent', true, true]);
    assert.ok(!JSON.stringify(refused).includes('wrong-key'));
    for (const status of [401, 404]) {
      const server = await listening(() => ({ status }));
      const { deliverPagerDuty } = pagerDutyActivities(environmentWith({ PAGERDUTY: server.url, PAGERDUTY_KEY: 'routing-key-0123456789' }));
      assert.equal((await failureOf(inStep(deliverPagerDuty, event('trigger')))).name, 'Permanent');
      assert.equal(server.asked.length, 1);
    }
  });
});
