import assert from 'node:assert/strict';
import type { InboxMessage } from '../../src/range/contract.ts';
import type { IncidentCommands } from '../../src/workflows/incident/commands.ts';
import type { IncidentView } from '../../src/workflows/incident/view.ts';
import { incidentDeskOf } from '../incident/on-stack.ts';
import { practiceEstate } from '../recovery/estate.ts';

/** Where a run of random moments begins; the same number kills at the same moments. */
const seed = Number(process.env['MUSTER_SEED'] ?? 20_261_121);
const kills = 30;
const title = 'Nobody can order';

describe('an incident while worker and Temporal are killed at random moments', function () {
  this.timeout(900_000);
  const estate = practiceEstate();
  const desk = incidentDeskOf(() => estate.stack);

  it('sends the same messages as one that nobody disturbs, and none of them twice without saying so', async () => {
    const calm = await live(async () => undefined);
    const before = (await estate.range.messages()).length;
    const random = randomFrom(seed);
    let killed = 0;
    const disturbed = await live(async (steps) => {
      // Spread over the whole life: what is left of the kills over what is left of the steps.
      for (let due = Math.round((kills - killed) / steps); due > 0; due -= 1) {
        const part = random() < 0.8 ? estate.stack.worker : estate.stack.temporal!;
        await passing(random() * 300);
        await part.kill();
        await part.start();
        killed += 1;
      }
    });
    assert.equal(killed, kills);
    assert.deepEqual(textsOf(disturbed), textsOf(calm));
    // That a try to send had to be made again is a line of its own, and evidence is collected beside what people do.
    const told = (incident: IncidentView) =>
      incident.timeline
        .filter(({ kind, text }) => kind !== 'message' && !text.startsWith('Evidence is kept'))
        .map(({ text }) => plain(text, incident));
    assert.deepEqual(told(disturbed), told(calm));

    const received = (await estate.range.messages()).slice(before).map(plainMessage);
    const sent = disturbed.messages.filter(({ state }) => state === 'sent');
    assert.equal(sent.length, disturbed.messages.length, 'all of them left');
    // PagerDuty itself takes a repeat with the same key for the same alert, and here two people acknowledge.
    const mustDiffer = received.filter((text) => !text.startsWith('pagerduty') && !/may be a repeat/.test(text));
    const repeats = mustDiffer.filter((text, index) => mustDiffer.indexOf(text) !== index);
    assert.deepEqual(repeats, [], 'nothing came twice without saying so');
    for (const { post } of sent) {
      const said = 'text' in post ? post.text : 'body' in post ? post.body : 'summary' in post ? post.summary : '';
      const first = said.split('\n')[0]!.slice(0, 60);
      assert.ok(
        received.some((text) => text.includes(JSON.stringify(first).slice(1, -1))),
        `"${first}" has arrived`,
      );
    }
  });

  /** A whole life, from the declaration until it is closed; `between` is done after each of its steps. */
  async function live(between: (stepsLeft: number) => Promise<void>): Promise<IncidentView> {
    let number = '';
    const ask = <Name extends keyof IncidentCommands>(by: string, command: Name, said: IncidentCommands[Name]) =>
      desk.ask(by, number, command, said);
    const steps: (() => Promise<unknown>)[] = [
      async () => (number = await desk.declare('sam', { title, service: 'shop', severity: 'P1', impact: 'No orders' })),
      () => ask('ana', 'acknowledge', {}),
      () => ask('ana', 'role', { role: 'communications', subject: 'sam' }),
      () => ask('ana', 'role', { role: 'operations', subject: 'ben' }),
      () => ask('ana', 'role', { role: 'scribe', subject: 'sam' }),
      () => ask('sam', 'update', { audience: 'customers', status: 'investigating', nextSteps: 'We look.' }),
      () => ask('ana', 'severity', { severity: 'P0', reason: 'every region fails' }),
      () => ask('ana', 'acknowledge', {}),
      () => ask('sam', 'update', { audience: 'internal', progress: 'One', eta: 'soon' }),
      () => ask('ben', 'note', { text: 'The power is gone' }),
      () => ask('sam', 'update', { audience: 'customers', status: 'identified', nextSteps: 'We move.' }),
      () => ask('sam', 'update', { audience: 'internal', progress: 'Two', eta: 'soon' }),
      () => ask('ana', 'mitigate', { how: 'The other region serves' }),
      () => ask('sam', 'update', { audience: 'customers', status: 'monitoring', nextSteps: 'We watch.' }),
      () => ask('ana', 'resolve', { resolution: 'Moved', cause: 'Power' }),
      () => desk.seen(number, 'the stability watch', ({ state }) => state === 'stabilizing'),
      () => desk.seen(number, 'a resolved incident', ({ state }) => state === 'resolved'),
      () => ask('ana', 'say', { lessons: 'Practise' }),
      () => ask('ana', 'review', { review: 'first-look', notes: 'All were there' }),
      () => ask('ana', 'action', { text: 'A second line', owner: 'ben', dueAt: '2099-01-01T00:00:00.000Z' }),
      () => desk.seen(number, 'the last message to customers', ({ closing }) => closing.every(({ done }) => done)),
      () => ask('ana', 'close', {}),
    ];
    for (const [index, step] of steps.entries()) {
      const doing = step();
      const [done] = await Promise.allSettled([doing, between(steps.length - index)]);
      if (done.status === 'rejected') throw done.reason as Error;
    }
    return desk.seen(number, 'everything sent', ({ messages }) => messages.every(({ state }) => state !== 'waiting'));
  }
});

const passing = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Park and Miller's numbers from 0 to 1: the same seed, the same moments. */
function randomFrom(start: number): () => number {
  let state = start % 2_147_483_647;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** Without what differs from one incident to the next: its number and the time of day. */
const plain = (text: string, { number }: IncidentView) =>
  text
    .replaceAll(number, 'INC')
    .replace(/\d{4}-\d\d-\d\d(-\d{4}| \d\d:\d\d UTC)?/g, 'DAY')
    .replace(/\d\d:\d\d UTC/g, 'TIME')
    .replace(/\b(\d+ min )?\d+(\.\d+)? (ms|s|min|seconds?|minutes?)\b/g, 'LENGTH')
    .replace(/\/\S+/g, 'PATH');

const textsOf = (incident: IncidentView) =>
  incident.messages.map(({ about, post }) => plain(`${about}: ${JSON.stringify(post).replaceAll('\\n', ' ')}`, incident));

const plainMessage = ({ to, path, body }: InboxMessage) => `${to} ${path} ${JSON.stringify(body)}`;
