import assert from 'node:assert/strict';
import { change } from '../../src/activities/kit/change.ts';
import { failure } from '../../src/activities/kit/fail.ts';
import { observed } from '../../src/activities/kit/observed.ts';
import { until } from '../../src/activities/kit/poll.ts';
import { failureOf, inStep } from './in-step.ts';

/** A lamp that is switched on over a bad line. */
function lamp(faults: { act?: () => void; look?: (looks: number) => void; lateBy?: number } = {}) {
  const seen = { on: false, looks: 0, asked: 0, proofs: 0, order: [] as string[] };
  const turnOn = change({
    look: async (_input: { lamp: string }) => {
      seen.looks += 1;
      seen.order.push('look');
      faults.look?.(seen.looks);
      return { so: seen.on, found: seen.on ? 'the lamp is on' : 'the lamp is off' };
    },
    predict: ({ lamp: name }) => ({ calls: [{ call: 'lamp:TurnOn', args: { name } }], result: { on: name } }),
    act: async ({ lamp: name }) => {
      await observed({ tool: 'aws', call: 'lamp:TurnOn', args: { name }, kind: 'change' }, async () => {
        seen.asked += 1;
        seen.order.push('act');
        if (faults.lateBy === undefined) seen.on = true;
        else setTimeout(() => (seen.on = true), faults.lateBy);
        faults.act?.();
      });
      return 'receipt 7';
    },
    prove: async ({ lamp: name }, _found, answer) => {
      seen.proofs += 1;
      seen.order.push(`prove ${answer}`);
      await until(async () => (seen.on ? { is: true } : { notYet: 'off' }), { within: 1_000, what: 'light' });
      return { on: name };
    },
    settleMs: 400,
  });
  return { seen, turnOn };
}

const reset = () => {
  throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
};
const refused = () => {
  throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' });
};
const ask = { lamp: 'hall' };

describe('a change', () => {
  it('looks, predicts, acts once and proves', async () => {
    const { seen, turnOn } = lamp();
    const { result, predicted, evidence } = await inStep(turnOn, ask);
    assert.deepEqual(seen.order, ['look', 'act', 'prove receipt 7']);
    assert.deepEqual(result, { on: 'hall' });
    const [actual] = evidence.filter(({ kind }) => kind === 'change');
    assert.deepEqual(predicted, [{ call: actual!.call, args: actual!.args }]);
    assert.match(actual!.operation!, /^[0-9a-f]{32}$/);
  });

  it('does not act when it is already so, and still proves it', async () => {
    const { seen, turnOn } = lamp();
    seen.on = true;
    const { evidence, predicted } = await inStep(turnOn, ask);
    assert.deepEqual(seen.order, ['look', 'prove undefined']);
    assert.deepEqual(predicted, []);
    assert.match(evidence[0]!.outcome, /already so: the lamp is on/);
  });

  it('in simulate only looks and predicts', async () => {
    const { seen, turnOn } = lamp();
    const { result, predicted, simulated } = await inStep(turnOn, ask, { mode: 'simulate' });
    assert.deepEqual(seen.order, ['look']);
    assert.deepEqual(
      { result, predicted, simulated },
      { result: { on: 'hall' }, predicted: [{ call: 'lamp:TurnOn', args: { name: 'hall' } }], simulated: true },
    );
  });

  it('goes on when the answer was lost but the change happened', async () => {
    const { seen, turnOn } = lamp({ act: reset });
    const { evidence } = await inStep(turnOn, ask);
    assert.equal(seen.asked, 1);
    assert.match(evidence.find(({ call }) => call === 'look again')!.outcome, /it happened/);
  });

  it('gives a change whose answer was lost time to show', async () => {
    const { seen, turnOn } = lamp({ act: reset, lateBy: 150 });
    await inStep(turnOn, ask);
    assert.equal(seen.asked, 1);
    assert.ok(seen.looks > 2);
  });

  it('is Transient when the answer was lost and the change surely did not happen', async () => {
    const { turnOn } = lamp({ act: reset, lateBy: 60_000 });
    const { name, nonRetryable, message } = await failureOf(inStep(turnOn, ask));
    assert.deepEqual([name, nonRetryable], ['Transient', false]);
    assert.match(message, /did not happen: the lamp is off/);
  });

  it('is UnknownOutcome, never retried, when nobody can tell whether it happened', async () => {
    const { turnOn, seen } = lamp({ act: reset, look: (looks) => looks > 1 && refused() });
    const { name, nonRetryable } = await failureOf(inStep(turnOn, ask));
    assert.deepEqual([name, nonRetryable, seen.proofs], ['UnknownOutcome', true, 0]);
  });

  it('is Transient at once when the request never left', async () => {
    const { turnOn, seen } = lamp({ act: refused, lateBy: 60_000 });
    const { name } = await failureOf(inStep(turnOn, ask));
    assert.deepEqual([name, seen.looks], ['Transient', 1]);
  });

  it('is Permanent when it was refused for good', async () => {
    const denied = () => {
      throw Object.assign(new Error('not allowed'), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
    };
    const { name, nonRetryable } = await failureOf(inStep(lamp({ act: denied }).turnOn, ask));
    assert.deepEqual([name, nonRetryable], ['Permanent', true]);
  });

  it('does not act when a look fails', async () => {
    const { turnOn, seen } = lamp({ look: refused });
    const { name } = await failureOf(inStep(turnOn, ask));
    assert.deepEqual([name, seen.asked], ['Transient', 0]);
  });

  it('after a crash waits for a change that may still be on its way, instead of asking twice', async () => {
    const { seen, turnOn } = lamp();
    setTimeout(() => (seen.on = true), 150);
    await inStep(turnOn, ask, { attempt: 2 });
    assert.equal(seen.asked, 0);
  });

  it('after an attempt that ended by itself acts without waiting, and keeps its evidence', async () => {
    const first = lamp({ act: refused, lateBy: 60_000 });
    const beats: unknown[] = [];
    await failureOf(inStep(first.turnOn, ask, { onStart: (mock) => mock.on('heartbeat', (details) => beats.push(details)) }));
    const second = lamp();
    const { evidence } = await inStep(second.turnOn, ask, { attempt: 2, heartbeatDetails: beats.at(-1) });
    assert.equal(second.seen.looks, 1);
    assert.deepEqual(
      evidence.filter(({ kind }) => kind === 'change').map(({ attempt, ok }) => [attempt, ok]),
      [
        [1, false],
        [2, true],
      ],
    );
  });

  /** What an attempt left behind whose act was answered and whose effect did not show in time. */
  async function beatOfOneThatWaitedInVain(faults: Parameters<typeof lamp>[0]): Promise<unknown> {
    const { seen, turnOn } = lamp({ ...faults, lateBy: 60_000 });
    const beats: unknown[] = [];
    const { name } = await failureOf(inStep(turnOn, ask, { onStart: (mock) => mock.on('heartbeat', (details) => beats.push(details)) }));
    assert.deepEqual([name, seen.asked], ['NotYet', 1]);
    return beats.at(-1);
  }

  it('that was answered is only proven by later attempts, with the answer it had', async () => {
    const heartbeatDetails = await beatOfOneThatWaitedInVain({});
    const { seen, turnOn } = lamp();
    setTimeout(() => (seen.on = true), 150);
    const { result, evidence, predicted } = await inStep(turnOn, ask, { attempt: 2, heartbeatDetails });
    assert.deepEqual([seen.asked, seen.order], [0, ['look', 'prove receipt 7']]);
    assert.deepEqual(result, { on: 'hall' });
    assert.deepEqual(
      evidence.filter(({ kind }) => kind === 'change').map(({ attempt }) => attempt),
      [1],
    );
    assert.match(evidence.find(({ call }) => call === 'look')!.outcome, /asked for before, and not there yet: the lamp is off/);
    assert.equal(predicted.length, 1);
  });

  it('that was answered is not asked for again however often its effect is awaited in vain', async () => {
    let heartbeatDetails = await beatOfOneThatWaitedInVain({});
    for (const attempt of [2, 3]) {
      const { seen, turnOn } = lamp();
      const onStart = (mock: { on(name: 'heartbeat', hear: (details: unknown) => void): unknown }) =>
        void mock.on('heartbeat', (details) => (heartbeatDetails = details));
      const { name } = await failureOf(inStep(turnOn, ask, { attempt, heartbeatDetails, onStart }));
      assert.deepEqual([name, seen.asked, seen.proofs], ['NotYet', 0, 1]);
    }
  });

  it('that was answered is proven at once after a crash, without waiting whether it shows', async () => {
    const { muster } = (await beatOfOneThatWaitedInVain({})) as { muster: object };
    const { seen, turnOn } = lamp();
    setTimeout(() => (seen.on = true), 150);
    await inStep(turnOn, ask, { attempt: 2, heartbeatDetails: { muster: { ...muster, ended: false } } });
    assert.deepEqual(seen.order, ['look', 'prove receipt 7']);
  });

  it('does not act after it was cancelled, and finishes an act that is under way', async () => {
    const before = lamp();
    await assert.rejects(inStep(before.turnOn, ask, { onStart: (mock) => mock.cancel() }), { name: 'CancelledFailure' });
    assert.equal(before.seen.asked, 0);
    let cancel = (): void => undefined;
    const during = lamp({ act: () => cancel() });
    await assert.rejects(inStep(during.turnOn, ask, { onStart: (mock) => (cancel = () => mock.cancel()) }), { name: 'CancelledFailure' });
    assert.deepEqual([during.seen.asked, during.seen.on], [1, true]);
  });

  it('obeys a safety rule in live mode and only predicts in simulate', async () => {
    const parts = { so: false, found: 'off' };
    const forbidden = change({
      look: async () => parts,
      predict: () => ({ calls: [], result: 'done' }),
      refuse: () => {
        throw failure('RefusedBySafetyRule', 'not now');
      },
      act: async () => assert.fail('it acted'),
      prove: async () => 'done',
    });
    assert.equal((await failureOf(inStep(forbidden, undefined))).name, 'RefusedBySafetyRule');
    assert.equal((await inStep(forbidden, undefined, { mode: 'simulate' })).result, 'done');
  });
});
