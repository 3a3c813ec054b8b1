import assert from 'node:assert/strict';
import { emailActivities } from '../../src/activities/messages/email.ts';
import type { Delivery, Post } from '../../src/workflows/incident/messages.ts';
import { failureOf, inStep } from './in-step.ts';
import { deliveryOf, drill, inboxOfTest } from './inbox-environment.ts';
import { environmentWith } from './environment.ts';

type Letter = Extract<Post, { sink: 'email' }>;
interface Mail {
  from: string;
  to: string;
  subject: string;
  messageId: string;
  recipients: string[];
  headers: Record<string, string>;
  text: string;
}

describe('messages of an incident by e-mail', () => {
  const inbox = inboxOfTest();
  const deliver = (delivery: Delivery<Letter>) => inStep(emailActivities(inbox.now.environment).deliverEmail, delivery);
  const letter = (text: string, more: Partial<Delivery<Letter>> = {}, post: Partial<Letter> = {}) =>
    deliveryOf<Letter>({ sink: 'email', act: 'send', to: 'cto@practice.example', subject: 'P0 Orders fail', text, ...post }, more);
  const took = () => inbox.now.took<Mail>('email');

  it('arrive as they were written, as one thread, with an id that makes a repeat known', async () => {
    const text = 'Niemand kann bestellen — ≥ 5 %.\n\nThis line is longer than any line of a letter may be: ' + 'x'.repeat(1_500);
    const { evidence } = await deliver(
      letter(text, {}, { subject: 'P0 Störung 🚨 of orders, which is quite a long subject for a letter of today' }),
    );
    const [mail] = took() as [Mail];
    assert.equal(mail.text, text);
    assert.deepEqual(
      [mail.from, mail.to, mail.recipients],
      ['Muster <muster@practice.example>', 'cto@practice.example', ['cto@practice.example']],
    );
    assert.equal(mail.subject, 'P0 Störung 🚨 of orders, which is quite a long subject for a letter of today');
    assert.equal(mail.messageId, '<INC-2026-11-03-007.m3@practice.example>');
    const { headers } = mail;
    const thread = '<INC-2026-11-03-007@practice.example>';
    assert.deepEqual([headers['in-reply-to'], headers['references'], headers['auto-submitted']], [thread, thread, 'auto-generated']);
    assert.ok(!JSON.stringify(evidence).includes(inbox.now.keys.email));
  });

  it('say that they may be a repeat when the answer was lost, under the same id', async () => {
    await inbox.now.down(['email'], 'lose-answers');
    const lost = await failureOf(deliver(letter('We look')));
    assert.deepEqual([lost.name, lost.nonRetryable], ['UnknownOutcome', true]);
    await inbox.now.up();
    await deliver(letter('We look', { unsure: true, dueAt: '2026-11-03T12:05:00.000Z' }));
    const [first, second] = took() as [Mail, Mail];
    assert.deepEqual([first.text, second.text], ['We look', '(may be a repeat) (late: was due 12:05 UTC) We look']);
    assert.equal(first.messageId, second.messageId);
  });

  it('cannot be given a header or another reader by what people write', async () => {
    const subject = 'Orders fail\r\nBcc: everybody@evil.example';
    await deliver(letter('.\r\nRCPT TO:<everybody@evil.example>\r\npassword=opensesame', {}, { subject }));
    const [mail] = took() as [Mail];
    assert.deepEqual([mail.recipients, mail.headers['bcc']], [['cto@practice.example'], undefined]);
    assert.equal(mail.subject, 'Orders fail Bcc: everybody@evil.example');
    assert.equal(mail.text, '.\nRCPT TO:<everybody@evil.example>\npassword=[redacted]');
  });

  it('of a drill say so in subject and text', async () => {
    const said = letter('DRILL: We look', { incident: drill });
    assert.match((await failureOf(deliver(said))).message, /its subject does not/);
    await deliver(letter('DRILL: We look', { incident: drill }, { subject: 'DRILL: P0' }));
    assert.equal(took().length, 1);
  });

  it('fail by name: down, silent, not now, refused', async () => {
    const names: Record<string, string> = {};
    for (const how of ['refuse', 'stall', 'error', 'limit'] as const) {
      await inbox.now.down(['email'], how);
      names[how] = (await failureOf(deliver(letter('We look')))).name;
      await inbox.now.up();
    }
    assert.deepEqual(names, { refuse: 'Transient', stall: 'Transient', error: 'Transient', limit: 'Transient' });
    const wrong = environmentWith({ SMTP: inbox.now.urls.email.replace(inbox.now.keys.email, 'not-the-password') });
    const refused = await failureOf(inStep(emailActivities(wrong).deliverEmail, letter('We look')));
    assert.deepEqual([refused.name, refused.nonRetryable], ['Permanent', true]);
    assert.ok(!JSON.stringify(refused).includes('not-the-password'));
    const nowhere = await failureOf(inStep(emailActivities({ ...wrong, notify: {} }).deliverEmail, letter('We look')));
    assert.equal(nowhere.message, 'this environment has no e-mail');
    assert.deepEqual(took(), []);
  });
});
