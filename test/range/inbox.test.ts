import assert from 'node:assert/strict';
import { createTransport } from 'nodemailer';
import type { InboxMessage } from '../../src/range/contract.ts';
import { createInbox, ticketUser, type Inbox } from '../../src/range/inbox/inbox.ts';

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
    const updated = await send(`${url}/${id}`, { incident: { status: 'resolved', body: 'It is over' } }, key, 'PATCH');
    const incident = (await updated.json()) as { id: string; status: string; incident_updates: { body: string }[] };
    assert.deepEqual([updated.status, incident.id, incident.status], [200, id, 'resolved']);
    assert.deepEqual(
      incident.incident_updates.map(({ body }) => body),
      ['It is over', ''],
    );
    assert.equal((await send(url, {}, 'OAuth wrong')).status, 401);
    assert.equal((await send(url, { incident: { name: 'No such part', components: { nothing: 'operational' } } }, key)).status, 422);
    assert.equal((await send(`${url}/nothing`, { incident: {} }, key, 'PATCH')).status, 404);
  });

  it('has channels as Slack has them: one a name, with topic, and what was said newest first', async () => {
    const key = `Bearer ${inbox.keys.slack}`;
    const call = async (method: string, body: object) =>
      (await send(`${inbox.urls.slack}/${method}`, body, key)).json() as Promise<{ ok: boolean; error?: string; channel?: { id: string } }>;
    const look = async (path: string) =>
      (await fetch(`${inbox.urls.slack}/${path}`, { headers: { authorization: key } })).json() as Promise<Record<string, unknown>>;
    const created = await call('conversations.create', { name: 'incident-1' });
    const channel = created.channel!.id;
    assert.equal((await call('conversations.create', { name: 'incident-1' })).error, 'name_taken');
    assert.equal((await call('conversations.create', { name: '#Incident' })).error, 'invalid_name_specials');
    assert.equal((await call('conversations.setTopic', { channel, topic: 'Orders fail' })).ok, true);
    assert.equal((await call('conversations.setTopic', { channel: 'C9', topic: 'Orders fail' })).error, 'channel_not_found');
    const metadata = { event_type: 'test', event_payload: { id: 'm1' } };
    await call('chat.postMessage', { channel, text: 'one', metadata });
    await call('chat.postMessage', { channel, text: 'two' });
    const info = (await look(`conversations.info?channel=${channel}`)) as { channel: { topic: { value: string } } };
    assert.equal(info.channel.topic.value, 'Orders fail');
    const history = (await look(`conversations.history?channel=${channel}&include_all_metadata=true`)) as {
      messages: { text: string; metadata?: object }[];
    };
    assert.deepEqual(
      history.messages.map(({ text, metadata: found }) => [text, found]),
      [
        ['two', undefined],
        ['one', metadata],
      ],
    );
    await post('hello');
    const pageOne = (await look('conversations.list?limit=1')) as {
      channels: { name: string }[];
      response_metadata: { next_cursor: string };
    };
    const pageTwo = (await look(`conversations.list?limit=1&cursor=${pageOne.response_metadata.next_cursor}`)) as typeof pageOne;
    assert.deepEqual(
      [...pageOne.channels, ...pageTwo.channels].map(({ name }) => name),
      ['incident-1', 'practice'],
    );
    assert.equal(pageTwo.response_metadata.next_cursor, '');
    await call('conversations.archive', { channel });
    assert.equal((await call('chat.postMessage', { channel, text: 'three' })).error, 'is_archived');
  });

  it('keeps tickets as Jira does, and shows their words', async () => {
    const key = `Basic ${Buffer.from(`${ticketUser}:${inbox.keys.ticket}`).toString('base64')}`;
    const root = `${inbox.urls.ticket}/rest/api/3`;
    const description = { type: 'doc', content: [{ type: 'paragraph', content: [{ type: 'text', text: 'Nobody can order' }] }] };
    const fields = { project: { key: 'OPS' }, summary: 'Orders fail', labels: ['one'], description };
    assert.equal((await send(`${root}/issue`, { fields }, 'Basic wrong')).status, 401);
    const invalid = await send(`${root}/issue`, { fields: { ...fields, priority: { name: 'Huge' } } }, key);
    assert.deepEqual(
      [invalid.status, await invalid.json()],
      [400, { errorMessages: [], errors: { priority: 'The priority selected is invalid.' } }],
    );
    assert.equal((await send(`${root}/issue`, { fields }, key)).status, 201);
    const found = await fetch(`${root}/search/jql?jql=${encodeURIComponent('labels = "one"')}`, { headers: { authorization: key } });
    assert.deepEqual(
      ((await found.json()) as { issues: { key: string }[] }).issues.map((issue) => issue.key),
      ['OPS-1'],
    );
    assert.equal((await send(`${root}/issue/OPS-1/transitions`, { transition: { id: '31' } }, key)).status, 204);
    assert.equal((await send(`${root}/issue/OPS-2/comment`, { body: description }, key)).status, 404);
    assert.deepEqual(
      inbox.messages().map(({ to, text }) => [to, text]),
      [
        ['ticket', 'Nobody can order'],
        ['ticket', undefined],
      ],
    );
  });

  it('takes e-mail from those who know its password', async () => {
    const letter = { from: 'a@practice.example', to: 'b@practice.example', subject: 'Orders fail', text: 'Nobody can order – really.' };
    const mailer = createTransport(inbox.urls.email);
    await mailer.sendMail(letter);
    const [message] = inbox.messages() as [InboxMessage & { body: { subject: string; recipients: string[] } }];
    assert.deepEqual([message.to, message.text, message.body.subject], ['email', letter.text, letter.subject]);
    assert.deepEqual(message.body.recipients, [letter.to]);
    const stranger = createTransport(inbox.urls.email.replace(inbox.keys.email, 'wrong'));
    await assert.rejects(stranger.sendMail(letter), { responseCode: 535 });
  });

  it('can take a message and lose its answer, be out of order, or have enough', async () => {
    await inbox.down(['slack'], 'lose-answers');
    await assert.rejects(post('hello'), TypeError);
    assert.equal(inbox.messages().length, 1);
    await inbox.down(['slack'], 'error');
    assert.equal((await post('hello')).status, 500);
    await inbox.down(['slack'], 'limit');
    const limited = await post('hello');
    assert.deepEqual([limited.status, limited.headers.get('retry-after')], [429, '1']);
    await inbox.up();
    assert.equal((await post('hello')).status, 200);
    assert.equal(inbox.messages().length, 2);
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
