import assert from 'node:assert/strict';
import { changesBetween, crossedBetween, digestOf } from '../../src/workflows/kit/held-facts.ts';
import type { Fact } from '../../src/workflows/messages.ts';

const fact = (id: string, kind: Fact['kind'], value: Fact['value'], more: Partial<Omit<Fact, 'id' | 'kind'>> = {}): Fact => ({
  ...{ id, name: `the ${id}`, kind, value, source: 'test', at: '2026-11-21T03:00:00Z' },
  ...more,
});
const lag = (value: number | null, more: Partial<Omit<Fact, 'id' | 'kind'>> = {}) => fact('lag', 'duration', value, more);
const role = (value: string) => fact('role', 'words', value);
const clock = (value: string) => fact('clock', 'words', value, { informational: true });
const gate = { id: '1-go-on', question: 'Go on?', round: 1 };

describe('facts', () => {
  it('hold while numbers stay within their tolerance and everything else stays equal', () => {
    const shown = [lag(3_000, { tolerance: 2_000 }), role('replica'), clock('now')];
    assert.deepEqual(changesBetween(shown, [lag(5_000), role('replica'), clock('later')]), []);
    assert.deepEqual(changesBetween(shown, [lag(5_100), role('primary'), clock('later')]), [
      'the lag was 3 s, is now 5.1 s',
      'the role was replica, is now primary',
    ]);
  });

  it('are the same ones by their id, whatever they are called', () => {
    assert.deepEqual(changesBetween([role('replica')], [{ ...role('replica'), name: 'what it is' }]), []);
  });

  it('that can no longer be read do not hold, and neither do those that become unknown', () => {
    assert.deepEqual(changesBetween([lag(3_000)], []), ['the lag can no longer be read (was 3 s)']);
    assert.deepEqual(changesBetween([lag(3_000, { tolerance: 2_000 })], [lag(null)]), ['the lag was 3 s, is now not known']);
  });

  it('do not hold when they have become bad, however little they moved', () => {
    const shown = lag(4_990, { tolerance: 2_000, verdict: 'good' });
    assert.deepEqual(changesBetween([shown], [{ ...shown, value: 5_040, verdict: 'bad' }]), ['the lag was 4.99 s, is now 5.04 s']);
    assert.deepEqual(changesBetween([{ ...shown, value: 5_040, verdict: 'bad' }], [shown]), []);
  });

  it('are crossed when their verdict is another one, not when a number moves', () => {
    const crossed = (before: Fact, now: Fact) => crossedBetween([before], [now]).map(({ said }) => said);
    const good = lag(1_000, { tolerance: 100, verdict: 'good' });
    assert.deepEqual(crossed(good, { ...good, value: 4_000 }), []);
    assert.deepEqual(crossed({ ...good, verdict: 'bad' }, { ...good, value: 0 }), []);
    assert.deepEqual(crossed(good, { ...good, value: 6_000, verdict: 'bad' }), ['the lag was 1 s, is now 6 s (good before, bad now)']);
    assert.deepEqual(crossed(good, { ...good, value: null, verdict: 'unknown' }), [
      'the lag was 1 s, is now not known (good before, unknown now)',
    ]);
    assert.deepEqual(crossed(lag(1_000), lag(9_000)), ['the lag was 1 s, is now 9 s']);
    assert.deepEqual(crossedBetween([good], []).length, 1);
    assert.deepEqual(crossed(clock('now'), clock('later')), []);
  });

  it('are crossed when words name another thing, whatever their verdict', () => {
    const target = (value: string) => fact('target', 'words', value, { verdict: 'good' });
    assert.deepEqual(
      crossedBetween([target('release 3')], [target('release 4')]).map(({ said }) => said),
      ['the target was release 3, is now release 4'],
    );
  });

  it('have a digest that any change of value, plan, question or round changes, and the order of keys does not', () => {
    const facts = [lag(3_000)];
    const digest = digestOf(gate, { from: 'east', to: 'west' }, facts);
    assert.match(digest, /^[0-9a-f]{64}$/);
    assert.equal(digestOf({ ...gate }, { to: 'west', from: 'east' }, facts), digest);
    const others = [
      digestOf(gate, { from: 'east', to: 'west' }, [lag(3_100)]),
      digestOf(gate, { from: 'west', to: 'east' }, facts),
      digestOf({ ...gate, round: 2 }, { from: 'east', to: 'west' }, facts),
      digestOf({ ...gate, id: '2-go-on' }, { from: 'east', to: 'west' }, facts),
    ];
    assert.equal(new Set([digest, ...others]).size, 5);
  });

  it('keep their digest while they move less than people tell apart', () => {
    const digest = (...facts: Fact[]) => digestOf(gate, {}, facts);
    assert.equal(digest(lag(3_000)), digest(lag(3_010)));
    assert.equal(digest(fact('size', 'bytes', 5 * 2 ** 20)), digest(fact('size', 'bytes', 5 * 2 ** 20 + 10)));
    assert.notEqual(digest(lag(4_990, { verdict: 'good' })), digest(lag(5_010, { verdict: 'bad' })));
  });
});
