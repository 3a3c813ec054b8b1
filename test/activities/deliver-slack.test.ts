import assert from 'node:assert/strict';
import { slackActivities } from '../../src/activities/messages/slack.ts';
import { SlackApi } from '../../src/activities/messages/slack-api.ts';
import type { Delivery, Links, Post } from '../../src/workflows/incident/messages.ts';
import { failureOf, inStep, type StepOptions } from './in-step.ts';
import { deliveryOf, drill, inboxOfTest } from './inbox-environment.ts';

type SlackPost = Extract<Post, { sink: 'slack' }>;
type Posted = { channel: string; text: string };

describe('messages of an incident to Slack', () => {
  const inbox = inboxOfTest();
  const deliver = (delivery: Delivery<SlackPost>, options?: StepOptions) =>
    inStep(slackActivities(inbox.now.environment).deliverSlack, delivery, options);
  const api = () => new SlackApi(inbox.now.urls.slack, inbox.now.keys.slack);
  const opening = (more: Partial<Delivery<SlackPost>> = {}) =>
    deliveryOf<SlackPost>(
      { sink: 'slack', act: 'open-channel', name: '#incident-2026-11-03-1205', topic: 'Orders fail | bridge 555' },
      more,
    );
  const saying = (text: string, more: Partial<Delivery<SlackPost>> = {}, channel = 'internal') =>
    deliveryOf<SlackPost>({ sink: 'slack', act: 'post', channel, text }, more);
  const said = () => inbox.now.took<Posted>('slack', 'chat.postMessage').map(({ channel, text }) => [channel, text]);
  const created = () => inbox.now.took<{ name: string }>('slack', 'conversations.create').map(({ name }) => name);

  it('open a channel with number, title and bridge, and go there and to the standing one', async () => {
    const { result: links } = await deliver(opening());
    assert.deepEqual(links, { channel: { id: links.channel!.id, name: 'incident-2026-11-03-1205' } });
    assert.deepEqual(inbox.now.took('slack'), [
      { name: 'incident-2026-11-03-1205' },
      { channel: links.channel.id, purpose: 'INC-2026-11-03-007: Orders fail' },
      { channel: links.channel.id, topic: 'Orders fail | bridge 555' },
    ]);
    await deliver(saying('We look', { links }, 'incident'));
    await deliver(saying('We look', { links }));
    await deliver(saying('Please come', { links }, '@ana'));
    await deliver(saying('There is no own channel', {}, 'incident'));
    assert.deepEqual(said(), [
      [links.channel.id, 'We look'],
      ['#incident-practice', 'We look'],
      ['@ana', 'Please come'],
      ['#incident-practice', 'There is no own channel'],
    ]);
  });

  it('find the channel of an earlier try again by its number, also when its name has a number of its own', async () => {
    const other = { ...opening().incident, number: 'INC-2026-11-03-006' };
    const first = await deliver(opening({ incident: other }));
    const second = await deliver(opening());
    const again = await deliver(opening({ unsure: true }));
    assert.deepEqual(
      [first, second, again].map(({ result }) => result.channel!.name),
      ['incident-2026-11-03-1205', 'incident-2026-11-03-1205-2', 'incident-2026-11-03-1205-2'],
    );
    assert.equal(created().length, 2);
  });

  it('take over the channel that an earlier try of unknown outcome created and could not describe', async () => {
    await api().post('conversations.create', { name: 'incident-2026-11-03-1205' });
    const { result } = await deliver(opening({ unsure: true }));
    assert.deepEqual([result.channel!.name, created().length], ['incident-2026-11-03-1205', 1]);
  });

  it('give incidents of the same minute channels of their own', async () => {
    const names = [];
    for (const day of ['004', '005', '006', '007']) {
      const incident = { ...opening().incident, number: `INC-2026-11-03-${day}` };
      names.push((await deliver(opening({ incident }))).result.channel!.name);
    }
    assert.deepEqual(
      names,
      ['', '-2', '-3', '-4'].map((end) => `incident-2026-11-03-1205${end}`),
    );
  });

  it('go to the standing channel when somebody archived the incident’s own', async () => {
    const { result: links } = await deliver(opening());
    await api().post('conversations.archive', { channel: links.channel!.id });
    await deliver(saying('Still broken', { links }, 'incident'));
    assert.deepEqual(said(), [['#incident-practice', 'Still broken']]);
  });

  it('say when they are late, with the day when it is another one', async () => {
    await deliver(saying('We look', { dueAt: '2026-11-03T12:05:00.000Z' }));
    await deliver(saying('We look', { dueAt: '2026-11-04T00:05:00.000Z' }));
    const scheduledAt = new Date(Date.now() - 120_000);
    const day = scheduledAt.toISOString();
    await deliver(saying('We look'), { scheduledAt });
    assert.deepEqual(
      said().map(([, text]) => text),
      [
        '(late: was due 12:05 UTC) We look',
        '(late: was due 2026-11-04 00:05 UTC) We look',
        `(late: was due ${day.slice(0, 10)} ${day.slice(11, 16)} UTC) We look`,
      ],
    );
  });

  it('are sent once when the answer to the first try was lost: the channel is searched for them', async () => {
    await inbox.now.down(['slack'], 'lose-answers');
    const lost = await failureOf(deliver(saying('We look')));
    assert.deepEqual([lost.name, lost.nonRetryable], ['UnknownOutcome', true]);
    await inbox.now.up();
    await deliver(saying('We look', { unsure: true }));
    await deliver(saying('We look', { unsure: true, id: 'm4' }));
    assert.deepEqual(
      said().map(([, text]) => text),
      ['We look', 'We look'],
    );
  });

  it('are searched for after a worker died, too', async () => {
    await deliver(saying('We look'));
    await deliver(saying('We look'), { attempt: 2 });
    assert.equal(said().length, 1);
  });

  it('stay what may have arrived when the next worker finds Slack out of reach: only the incident remembers the one that died', async () => {
    await inbox.now.down(['slack'], 'refuse');
    assert.equal((await failureOf(deliver(saying('We look')))).name, 'Transient');
    assert.equal((await failureOf(deliver(saying('We look'), { attempt: 2 }))).name, 'UnknownOutcome');
    await inbox.now.up();
  });

  it('to a person say that they may be a repeat, also when that person was written to before', async () => {
    await deliver(saying('Please come', { id: 'm1' }, '@ana'));
    await deliver(saying('Go home', {}, '@ana'));
    await deliver(saying('Go home', {}, '@ana'), { attempt: 2 });
    assert.deepEqual(
      said().map(([, text]) => text),
      ['Please come', 'Go home', '(may be a repeat) Go home'],
    );
  });

  it('say that they may be a repeat where Slack cannot be searched', async () => {
    await deliver(saying('Please come', { unsure: true, dueAt: '2026-11-03T12:05:00.000Z' }, 'U024BE7LH'));
    assert.deepEqual(said(), [['U024BE7LH', '(may be a repeat) (late: was due 12:05 UTC) Please come']]);
  });

  it('cannot call everybody or hide a link, whatever people and alerts say', async () => {
    await deliver(saying('<!channel> & <@U024BE7LH> <https://evil.example|the bridge>'));
    const [posted] = inbox.now.took<Record<string, unknown>>('slack');
    assert.equal(posted!['text'], '&lt;!channel&gt; &amp; &lt;@U024BE7LH&gt; &lt;https://evil.example|the bridge&gt;');
    assert.deepEqual([posted!['parse'], posted!['link_names'], posted!['unfurl_links']], ['none', false, false]);
  });

  it('carry no secrets, and no more than Slack shows', async () => {
    await deliver(saying(`password=opensesame ${inbox.now.keys.slack} ${'x'.repeat(10_000)}`));
    const [[, text]] = said() as [[string, string]];
    assert.match(text, /^password=\[redacted\] \[redacted\] x+…$/);
    assert.equal(text.length, 4_000);
  });

  it('of a drill say so first, and are refused when they do not', async () => {
    const hidden = await failureOf(deliver(saying('We look', { incident: drill })));
    assert.deepEqual([hidden.name, hidden.nonRetryable], ['InvalidInput', true]);
    assert.match(hidden.message, /begin with DRILL, but its text does not/);
    assert.equal((await failureOf(deliver(opening({ incident: drill })))).name, 'InvalidInput');
    await deliver(saying('DRILL: We look', { incident: drill, dueAt: '2026-11-03T12:05:00.000Z' }));
    assert.deepEqual(
      said().map(([, text]) => text),
      ['DRILL: (late: was due 12:05 UTC) We look'],
    );
  });

  it('fail by name: down, silent, out of order, limited, refused', async () => {
    const trouble = async (how: Parameters<typeof inbox.now.down>[1]) => {
      await inbox.now.down(['slack'], how);
      const { name, nonRetryable } = await failureOf(deliver(saying('We look')));
      await inbox.now.up();
      return [how, name, nonRetryable];
    };
    assert.deepEqual(await trouble('refuse'), ['refuse', 'Transient', false]);
    assert.deepEqual(await trouble('limit'), ['limit', 'Transient', false]);
    assert.deepEqual(await trouble('error'), ['error', 'UnknownOutcome', true]);
    assert.deepEqual(await trouble('stall'), ['stall', 'UnknownOutcome', true]);
    const unknown = await failureOf(deliver(saying('We look', {}, 'C999999999')));
    assert.deepEqual([unknown.name, unknown.message], ['Permanent', 'Slack refused the message: channel_not_found']);
    const { environment } = inbox.now;
    const wrong = { ...environment, notify: { slack: { ...environment.notify.slack!, token: 'wrong' } } };
    const refused = await failureOf(inStep(slackActivities(wrong).deliverSlack, saying('We look')));
    assert.deepEqual([refused.name, refused.message], ['Permanent', 'Slack refused the message: invalid_auth']);
    const none = await failureOf(inStep(slackActivities({ ...environment, notify: {} }).deliverSlack, saying('We look')));
    assert.deepEqual([none.name, none.message], ['InvalidInput', 'this environment has no Slack']);
    assert.deepEqual(said(), []);
  });

  it('look for what they left when a channel could not be described', async () => {
    await inbox.now.down(['slack'], 'lose-answers');
    assert.equal((await failureOf(deliver(opening()))).name, 'UnknownOutcome');
    await inbox.now.up();
    const { result } = await deliver(opening({ unsure: true }));
    assert.deepEqual(result satisfies Partial<Links>, { channel: { id: result.channel!.id, name: 'incident-2026-11-03-1205' } });
    assert.deepEqual(created(), ['incident-2026-11-03-1205']);
  });
});
