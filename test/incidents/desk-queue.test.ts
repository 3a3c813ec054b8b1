import assert from 'node:assert/strict';
import { createDeskQueue, type DeskQueueOptions } from '../../src/incidents/desk-queue.ts';
import type { AlertFact } from '../../src/workflows/incident/alerts.ts';
import type { Declaration, DeskAnswer, DeskRequest } from '../../src/workflows/incident/commands.ts';
import { eventually } from '../eventually.ts';

const fact = (fingerprint: string): AlertFact => ({
  ...{ fingerprint, rule: 'r', cause: 'c', status: 'firing', startsAt: '2026-03-01T12:00:00.000Z' },
  ...{ service: 'shop', severity: 'P1', summary: 'It is down' },
});
const facts = (count: number, name = 'f') => Array.from({ length: count }, (_, index) => fact(`${name}${index}`));
const declaration = (key: string): Declaration => ({ key, by: 'sam', title: 'Down', service: 'shop', severity: 'P0' });
const answerTo = ({ declarations, alerts }: DeskRequest): DeskAnswer => ({
  declared: declarations.map(({ key }) => ({ key, number: `INC-${key}`, existed: false })),
  alerts: { opened: [], changed: 0, repeated: 0, each: alerts.map(({ fingerprint }) => ({ what: 'added', number: fingerprint })) },
});

/** A queue before a desk that answers when it is told to. */
function heldQueue(options: Partial<DeskQueueOptions> = {}) {
  const asked: { request: DeskRequest; answer(): void; refuse(error: Error): void }[] = [];
  const queue = createDeskQueue({
    take: (request) =>
      new Promise((resolve, reject) => {
        asked.push({ request, answer: () => resolve(answerTo(request)), refuse: reject });
      }),
    gatherMs: 1,
    ...options,
  });
  const reaches = (count: number) =>
    eventually(
      `request ${count}`,
      () => asked,
      ({ length }) => length >= count,
    );
  return { queue, asked, reaches };
}

describe('the queue before the desk', () => {
  it('puts what comes together into one request, and gives everybody what is theirs', async () => {
    const { queue, asked, reaches } = heldQueue();
    const all = Promise.all([
      queue.alerts(facts(2, 'a')),
      queue.declare(declaration('one')),
      queue.alerts(facts(1, 'b')),
      queue.alerts([]),
    ]);
    await reaches(1);
    asked[0]!.answer();
    assert.deepEqual(await all, [
      [
        { what: 'added', number: 'a0' },
        { what: 'added', number: 'a1' },
      ],
      { key: 'one', number: 'INC-one', existed: false },
      [{ what: 'added', number: 'b0' }],
      [],
    ]);
    assert.deepEqual([asked.length, queue.waiting()], [1, 0]);
  });

  it('has one request under way, and sends people first when it is over', async () => {
    const { queue, asked, reaches } = heldQueue({ most: 3 });
    const alerts = queue.alerts(facts(5));
    await reaches(1);
    const declared = queue.declare(declaration('one'));
    assert.deepEqual([asked.length, queue.waiting()], [1, 6]);
    asked[0]!.answer();
    await reaches(2);
    const { declarations, alerts: second } = asked[1]!.request;
    assert.deepEqual([declarations.map(({ key }) => key), second.map(({ fingerprint }) => fingerprint)], [['one'], ['f3', 'f4']]);
    asked[1]!.answer();
    await Promise.all([alerts, declared]);
  });

  it('keeps requests small', async () => {
    const { queue, asked, reaches } = heldQueue({ mostSize: 400 });
    const alerts = queue.alerts(facts(5));
    for (let count = 1; count <= 3; count++) {
      await reaches(count);
      asked[count - 1]!.answer();
    }
    await alerts;
    assert.deepEqual(
      asked.map(({ request }) => request.alerts.length),
      [2, 2, 1],
    );
  });

  it('answers nobody before the desk has, and tells all of a request when it fails', async () => {
    const { queue, asked, reaches } = heldQueue({ most: 2 });
    const first = queue.alerts(facts(2, 'a'));
    const both = queue.alerts(facts(2, 'b'));
    await reaches(1);
    asked[0]!.refuse(new Error('nobody is there'));
    await assert.rejects(first, /nobody is there/);
    await reaches(2);
    asked[1]!.answer();
    assert.equal((await both).length, 2);
  });

  it('refuses alerts while too many wait, and never people', async () => {
    const { queue, asked, reaches } = heldQueue({ most: 10, mostWaiting: 20 });
    const first = queue.alerts(facts(10));
    await reaches(1);
    const second = queue.alerts(facts(15, 'b'));
    await assert.rejects(queue.alerts(facts(6, 'c')), { status: 503, code: 'Busy' });
    const declared = queue.declare(declaration('one'));
    for (let count = 1; count <= 3; count++) {
      await reaches(count);
      asked[count - 1]!.answer();
    }
    await Promise.all([first, second, declared]);
    const later = queue.alerts(facts(6, 'c'));
    await reaches(4);
    asked[3]!.answer();
    assert.equal((await later).length, 6);
  });
});
