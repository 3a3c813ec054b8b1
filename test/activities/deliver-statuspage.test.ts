import assert from 'node:assert/strict';
import { statuspageActivities } from '../../src/activities/messages/statuspage.ts';
import type { ComponentStatus, Delivery, Post, PublicStatus } from '../../src/workflows/incident/messages.ts';
import { failureOf, inStep } from './in-step.ts';
import { deliveryOf, drill, inboxOfTest } from './inbox-environment.ts';
import { smallServers } from './small-server.ts';
import { environmentWith } from './environment.ts';

type PagePost = Extract<Post, { sink: 'statuspage' }>;
interface Published {
  id: string;
  name: string;
  status: string;
  components: Record<string, string>;
  incident_updates: { status: string; body: string }[];
}
type Body = { incident: { name: string; body: string; components: object; deliver_notifications: boolean } };

describe('messages of an incident to the status page', () => {
  const inbox = inboxOfTest({ components: ['shop', 'Payments'] });
  const listening = smallServers();
  const deliver = (delivery: Delivery<PagePost>) => inStep(statuspageActivities(inbox.now.environment).deliverStatuspage, delivery);
  const publish = (
    status: PublicStatus,
    body: string,
    more: Partial<Delivery<PagePost>> = {},
    components: Record<string, ComponentStatus> = {},
  ) => deliveryOf<PagePost>({ sink: 'statuspage', act: 'publish', status, title: 'Orders fail', body, components }, more);
  const page = async (path: string): Promise<unknown> =>
    (
      await fetch(`${inbox.now.urls.statuspage}/v1/pages/practice${path}`, {
        headers: { authorization: `OAuth ${inbox.now.keys.statuspage}` },
      })
    ).json();
  const incidents = () => page('/incidents') as Promise<Published[]>;

  it('are one incident from investigating to resolved, with its components by their names', async () => {
    const { result: links } = await deliver(publish('investigating', 'We look', {}, { shop: 'major_outage' }));
    await deliver(publish('identified', 'We know', { links, id: 'm4' }, { shop: 'partial_outage' }));
    await deliver(publish('monitoring', 'It is back', { links, id: 'm5' }));
    await deliver(publish('resolved', 'It is over', { links, id: 'm6' }, { shop: 'operational' }));
    const all = await incidents();
    assert.deepEqual([all.length, all[0]!.id, all[0]!.status, all[0]!.name], [1, links.statuspage!.id, 'resolved', 'Orders fail']);
    assert.deepEqual(all[0]!.incident_updates.map(({ status, body }) => [status, body]).reverse(), [
      ['investigating', 'We look'],
      ['identified', 'We know'],
      ['monitoring', 'It is back'],
      ['resolved', 'It is over'],
    ]);
    const components = (await page('/components')) as { name: string; id: string; status: string }[];
    assert.deepEqual(all[0]!.components, { [components[0]!.id]: 'operational' });
    assert.deepEqual(
      components.map(({ status }) => status),
      ['operational', 'operational'],
    );
  });

  it('are told to customers even when the page lacks a component, and the evidence says so', async () => {
    const { evidence } = await deliver(publish('investigating', 'We look', {}, { shop: 'major_outage', checkout: 'major_outage' }));
    const [{ incident }] = inbox.now.took<Body>('statuspage') as [Body];
    assert.equal(Object.keys(incident.components).length, 1);
    assert.ok(evidence.some(({ call, outcome }) => call.includes('checkout') && outcome.includes('left out')));
  });

  it('find the incident of a lost answer again by its number, and do not say the same twice', async () => {
    await inbox.now.down(['statuspage'], 'lose-answers');
    assert.equal((await failureOf(deliver(publish('investigating', 'We look')))).name, 'UnknownOutcome');
    await inbox.now.up();
    const { result: links } = await deliver(publish('investigating', 'We look', { unsure: true }));
    await inbox.now.down(['statuspage'], 'lose-answers');
    await failureOf(deliver(publish('identified', 'We know', { links, id: 'm4' })));
    await inbox.now.up();
    await deliver(publish('identified', 'We know', { links, id: 'm4', unsure: true }));
    const [only, ...others] = await incidents();
    assert.deepEqual([others.length, only!.incident_updates.length, links.statuspage!.id], [0, 2, only!.id]);
    assert.equal(inbox.now.took('statuspage').length, 2);
  });

  it('keep two incidents apart, also when one has the other’s words', async () => {
    const other = { ...publish('investigating', 'We look').incident, number: 'INC-2026-11-03-008' };
    await deliver(publish('investigating', 'We look'));
    await deliver(publish('investigating', 'We look', { incident: other }));
    assert.equal((await incidents()).length, 2);
  });

  it('of a drill say so in title and text, and reach no subscriber', async () => {
    const said = publish('investigating', 'DRILL: We look', { incident: drill, dueAt: '2026-11-03T12:05:00.000Z' });
    assert.match((await failureOf(deliver(said))).message, /its title does not/);
    await deliver({ ...said, post: { ...said.post, title: 'DRILL: Orders fail' } });
    const [{ incident }] = inbox.now.took<Body>('statuspage') as [Body];
    assert.deepEqual(
      [incident.name, incident.body, incident.deliver_notifications],
      ['DRILL: Orders fail', 'DRILL: (late: was due 12:05 UTC) We look', false],
    );
  });

  it('carry no secrets and at most what the page takes', async () => {
    await deliver(publish('investigating', `password=opensesame ${'x'.repeat(9_000)}`));
    const [{ incident }] = inbox.now.took<Body>('statuspage') as [Body];
    assert.match(incident.body, /^password=\[redacted\] x+…$/);
    assert.deepEqual([incident.body.length, incident.deliver_notifications], [5_000, true]);
  });

  it('fail by name: down, limited, out of order, refused, gone', async () => {
    const { result: links } = await deliver(publish('investigating', 'We look'));
    const trouble = async (how: Parameters<typeof inbox.now.down>[1]) => {
      await inbox.now.down(['statuspage'], how);
      const { name } = await failureOf(deliver(publish('identified', 'We know', { links, id: 'm4' })));
      await inbox.now.up();
      return name;
    };
    // The look before the change is what fails, so nothing can have happened.
    assert.deepEqual([await trouble('refuse'), await trouble('limit'), await trouble('error')], ['Transient', 'Transient', 'Transient']);
    const gone = await failureOf(deliver(publish('identified', 'We know', { links: { statuspage: { id: 'nothing' } } })));
    assert.equal(gone.name, 'Permanent');
    const at = (status: number) =>
      listening(({ method }) => (method === 'GET' ? { status: 200, body: [] } : { status, headers: { 'retry-after': '1' } }));
    const names = [];
    for (const status of [401, 420, 429, 500]) {
      const environment = environmentWith({ STATUSPAGE: (await at(status)).url, STATUSPAGE_KEY: 'page-key-0123456789' });
      names.push((await failureOf(inStep(statuspageActivities(environment).deliverStatuspage, publish('investigating', 'We look')))).name);
    }
    assert.deepEqual(names, ['Permanent', 'Transient', 'Transient', 'UnknownOutcome']);
  });
});
