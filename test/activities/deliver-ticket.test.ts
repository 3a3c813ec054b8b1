import assert from 'node:assert/strict';
import { ticketActivities } from '../../src/activities/messages/ticket.ts';
import type { Delivery, Post } from '../../src/workflows/incident/messages.ts';
import { failureOf, inStep } from './in-step.ts';
import { deliveryOf, drill, inboxOfTest } from './inbox-environment.ts';
import { smallServers } from './small-server.ts';
import { environmentWith } from './environment.ts';

type TicketPost = Extract<Post, { sink: 'ticket' }>;
interface Issue {
  fields: { summary: string; labels: string[]; priority?: { name: string }; components?: { name: string }[]; status: { name: string } };
}

describe('messages of an incident to the ticket system', () => {
  const inbox = inboxOfTest();
  const listening = smallServers();
  const deliver = (delivery: Delivery<TicketPost>) => inStep(ticketActivities(inbox.now.environment).deliverTicket, delivery);
  const opening = (more: Partial<Delivery<TicketPost>> = {}, post: object = {}) =>
    deliveryOf<TicketPost>(
      {
        sink: 'ticket',
        act: 'open',
        title: '[P0] Orders fail',
        priority: 'P0',
        components: ['shop'],
        text: 'Nobody can order.\n\nSince: 12:01',
        ...post,
      },
      more,
    );
  const writing = (act: 'comment' | 'close', text: string, more: Partial<Delivery<TicketPost>> = {}) =>
    deliveryOf<TicketPost>({ sink: 'ticket', act, text }, { id: 'm4', ...more });
  const words = () =>
    inbox.now
      .messages()
      .filter(({ text }) => text !== undefined)
      .map(({ text }) => text);
  const issue = async (key: string): Promise<Issue> => {
    const login = Buffer.from(`muster@practice.example:${inbox.now.keys.ticket}`).toString('base64');
    const answer = await fetch(`${inbox.now.urls.ticket}/rest/api/3/issue/${key}`, { headers: { authorization: `Basic ${login}` } });
    return (await answer.json()) as Issue;
  };

  it('open one ticket, comment on it and close it', async () => {
    const { result: links, evidence } = await deliver(opening());
    assert.deepEqual(links, { ticket: { key: 'PRACTICE-1', url: `${inbox.now.urls.ticket}/browse/PRACTICE-1` } });
    await deliver(writing('comment', 'Update 1\nWe look', { links }));
    await deliver(writing('close', 'It is over', { links, id: 'm5' }));
    assert.deepEqual(words(), ['Nobody can order.\n\nSince: 12:01', 'Update 1\nWe look', 'It is over']);
    const { fields } = await issue('PRACTICE-1');
    assert.deepEqual([fields.summary, fields.priority, fields.components], ['[P0] Orders fail', { name: 'P0' }, [{ name: 'shop' }]]);
    assert.deepEqual([fields.labels, fields.status.name], [['muster', 'muster-INC-2026-11-03-007'], 'Done']);
    assert.ok(!JSON.stringify(evidence).includes(inbox.now.keys.ticket));
  });

  it('find the ticket of a lost answer again by its label', async () => {
    await inbox.now.down(['ticket'], 'lose-answers');
    assert.equal((await failureOf(deliver(opening()))).name, 'UnknownOutcome');
    await inbox.now.up();
    assert.equal((await deliver(opening({ unsure: true }))).result.ticket!.key, 'PRACTICE-1');
    assert.equal(words().length, 1);
    await deliver(writing('comment', 'The link was lost'));
    assert.deepEqual(words().at(-1), 'The link was lost');
  });

  it('are not said twice when the answer to a comment was lost, though another says the same', async () => {
    const { result: links } = await deliver(opening());
    await deliver(writing('comment', 'We look', { links }));
    await inbox.now.down(['ticket'], 'lose-answers');
    assert.equal((await failureOf(deliver(writing('comment', 'We look', { links, id: 'm5' })))).name, 'UnknownOutcome');
    await inbox.now.up();
    await deliver(writing('comment', 'We look', { links, id: 'm5', unsure: true }));
    await deliver(writing('comment', 'We look', { links, id: 'm6', unsure: true }));
    assert.deepEqual(words().slice(1), ['We look', 'We look', 'We look']);
  });

  it('open a ticket all the same when the project lacks the priority or a component, and the text says them', async () => {
    await deliver(opening({}, { priority: 'SEV-1', components: ['shop', 'checkout'] }));
    const { fields } = await issue('PRACTICE-1');
    assert.deepEqual([fields.priority, fields.components], [undefined, undefined]);
    assert.deepEqual(words(), ['Priority: SEV-1\nComponents: shop, checkout\n\nNobody can order.\n\nSince: 12:01']);
  });

  it('close with the comment alone where the project has no way to done', async () => {
    const jira = await listening(({ method, path }) => {
      if (path.includes('/transitions')) return { status: 200, body: { transitions: [] } };
      if (method === 'GET') return { status: 200, body: { fields: { status: { statusCategory: { key: 'new' } } } } };
      return { status: 201, body: { id: '1' } };
    });
    const environment = environmentWith({ TICKET: jira.url, TICKET_TOKEN: 'ticket-token-0123456789' });
    const links = { ticket: { key: 'OPS-1', url: 'https://tickets.example/browse/OPS-1' } };
    await inStep(ticketActivities(environment).deliverTicket, writing('close', 'It is over', { links }));
    assert.deepEqual(
      jira.asked.map(({ method, path }) => `${method} ${path}`),
      ['GET /rest/api/3/issue/OPS-1?fields=status', 'GET /rest/api/3/issue/OPS-1/transitions', 'POST /rest/api/3/issue/OPS-1/comment'],
    );
  });

  it('are marked when late, free of secrets, on one line in the title, and of a drill when they are', async () => {
    const title = 'DRILL: Orders\nfail password=opensesame';
    await deliver(opening({ incident: drill, dueAt: '2026-11-03T12:05:00.000Z' }, { title, text: 'DRILL: Nobody can order' }));
    assert.deepEqual(words(), ['DRILL: (late: was due 12:05 UTC) Nobody can order']);
    assert.equal((await issue('PRACTICE-1')).fields.summary, 'DRILL: Orders fail password=[redacted]');
    assert.match((await failureOf(deliver(writing('comment', 'We look', { incident: drill })))).message, /begin with DRILL/);
  });

  it('fail by name: down, silent, limited, out of order, refused, without a ticket', async () => {
    const links = { ticket: { key: 'PRACTICE-1', url: 'https://tickets.example/browse/PRACTICE-1' } };
    const names: Record<string, string> = {};
    for (const how of ['refuse', 'stall', 'limit', 'error'] as const) {
      await inbox.now.down(['ticket'], how);
      names[how] = (await failureOf(deliver(writing('comment', 'We look', { links })))).name;
      await inbox.now.up();
    }
    assert.deepEqual(names, { refuse: 'Transient', stall: 'UnknownOutcome', limit: 'Transient', error: 'UnknownOutcome' });
    const other = { ...opening().incident, number: 'INC-2026-11-03-009' };
    const none = await failureOf(deliver(writing('comment', 'We look', { incident: other })));
    assert.deepEqual([none.name, none.message], ['Permanent', 'there is no ticket of INC-2026-11-03-009 to write to']);
    const { environment } = inbox.now;
    const wrong = { ...environment, notify: { ticket: { ...environment.notify.ticket!, token: 'wrong-token' } } };
    const refused = await failureOf(inStep(ticketActivities(wrong).deliverTicket, opening()));
    assert.deepEqual([refused.name, refused.nonRetryable], ['Permanent', true]);
    const nowhere = await failureOf(inStep(ticketActivities({ ...environment, notify: {} }).deliverTicket, opening()));
    assert.equal(nowhere.message, 'this environment has no ticket system');
  });
});
