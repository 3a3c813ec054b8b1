import assert from 'node:assert/strict';
import { failure } from '../../src/activities/kit/fail.ts';
import { read } from '../../src/activities/kit/kinds.ts';
import { until, type Patience, type Seen } from '../../src/activities/kit/poll.ts';
import { failureOf, inStep } from './in-step.ts';

const wait = (look: (round: number) => Seen<string>, patience: Partial<Patience> = {}) => {
  let round = 0;
  return read(() => until(async () => look((round += 1)), { within: 5_000, what: 'the light to go on', ...patience }));
};
const reset = () => {
  throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
};

describe('polling', () => {
  it('looks until it is so, and heartbeats with every look', async () => {
    const { result, heartbeats } = await inStep(
      wait((round) => (round === 3 ? { is: 'on' } : { notYet: 'off' })),
      undefined,
    );
    assert.deepEqual([result, heartbeats.length], ['on', 3]);
  });

  it('is NotYet when time is over, and says what it saw last', async () => {
    const { name, message, nonRetryable } = await failureOf(
      inStep(
        wait(() => ({ notYet: 'still off' }), { within: 300 }),
        undefined,
      ),
    );
    assert.deepEqual([name, message, nonRetryable], ['NotYet', 'waited in vain for the light to go on: still off', false]);
  });

  it('looks again after a passing failure, and is Transient when it never could read', async () => {
    const { result } = await inStep(
      wait((round) => (round < 3 ? reset() : { is: 'on' })),
      undefined,
    );
    assert.equal(result, 'on');
    assert.equal((await failureOf(inStep(wait(reset, { within: 300 }), undefined))).name, 'Transient');
  });

  it('does not stay blind longer than allowed, though it may wait longer', async () => {
    const started = Date.now();
    const { name } = await failureOf(
      inStep(
        wait((round) => (round === 1 ? { notYet: 'off' } : reset()), { blindFor: 300 }),
        undefined,
      ),
    );
    assert.equal(name, 'Transient');
    assert.ok(Date.now() - started < 2_000);
  });

  it('gives up at once on a failure that stays', async () => {
    const gone = () => {
      throw failure('Permanent', 'there is no lamp');
    };
    assert.equal((await failureOf(inStep(wait(gone), undefined))).message, 'there is no lamp');
  });

  it('ends at once when the activity is cancelled', async () => {
    const started = Date.now();
    const waiting = inStep(
      wait(() => ({ notYet: 'off' }), { within: 60_000 }),
      undefined,
      { onStart: (mock) => setTimeout(() => mock.cancel(), 100) },
    );
    await assert.rejects(waiting, { name: 'CancelledFailure' });
    assert.ok(Date.now() - started < 2_000);
  });
});
