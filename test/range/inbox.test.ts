import assert from 'node:assert/strict';
import { createInbox, type Inbox } from '../../src/range/shop/inbox.ts';

describe('the inbox', () => {
  let inbox: Inbox;
  beforeEach(async () => {
    inbox = await createInbox();
    await inbox.open();
  });
  afterEach(() => inbox.close());

  const send = (url: string, body: object, authorization = '', method = 'POST') =>
    fetch(url, {
      method,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', authorization },
      signal: AbortSignal.timeout(500),
    });
  const post = (text: string) => send(`${inbox.urls.slack}/chat.postMessage`, { channel: '#practice', text }, `Bearer ${inbox.keys.slack}`);

  it('takes messages as Slack does', async () => {
    const answer = await post('DRILL: east is lost');
    assert.equal(((await answer.json()) as { ok: boolean }).ok, true);
    const [message] = inbox.messages();
    assert.deepEqual([message?.to, message?.body], ['slack', { channel: '#practice', text: 'DRILL: east is lost' }]);
  });

  it('refuses a wrong token as Slack does: with 200 and ok=false', async () => {
    const answer = await send(`${inbox.urls.slack}/chat.postMessage`, { channel: '#practice', text: 'hello' }, 'Bearer wrong');
    assert.deepEqual([answer.status, await answer.json()], [200, { ok: false, error: 'invalid_auth' }]);
    assert.deepEqual(inbox.messages(), []);
  });

  it('takes events as PagerDuty does, and keeps the routing key to itself', async () => {
    const event = { routing_key: inbox.keys.pagerduty, event_action: 'trigger', dedup_key: 'one' };
    const answer = await send(`${inbox.urls.pagerduty}/v2/enqueue`, event);
    assert.equal(answer.status, 202);
    assert.deepEqual(inbox.messages()[0]?.body, { ...event, routing_key: '***' });
    const refused = await send(`${inbox.urls.pagerduty}/v2/enqueue`, { ...event, routing_key: 'wrong' });
    assert.equal(refused.status, 400);
  });

  it('creates and updates incidents as Statuspage does', async () => {
    const key = `OAuth ${inbox.keys.statuspage}`;
    const url = `${inbox.urls.statuspage}/v1/pages/practice/incidents`;
    const created = await send(url, { incident: { name: 'Orders fail', status: 'investigating' } }, key);
    const { id } = (await created.json()) as { id: string };
    assert.equal(created.status, 201);
    const updated = await send(`${url}/${id}`, { incident: { status: 'resolved' } }, key, 'PATCH');
    assert.deepEqual([updated.status, await updated.json()], [200, { id, status: 'resolved' }]);
    assert.equal((await send(url, {}, 'OAuth wrong')).status, 401);
  });

  it('can be down service by service: it refuses connections, or never answers', async () => {
    await inbox.down(['slack'], 'refuse');
    await inbox.down(['pagerduty'], 'stall');
    await assert.rejects(post('hello'), (error: Error) => (error.cause as NodeJS.ErrnoException).code === 'ECONNREFUSED');
    await assert.rejects(send(`${inbox.urls.pagerduty}/v2/enqueue`, {}), { name: 'TimeoutError' });
    assert.equal((await send(`${inbox.urls.statuspage}/v1/pages/practice/incidents`, {})).status, 401);
    await inbox.up();
    assert.equal((await post('hello')).status, 200);
  });
});
