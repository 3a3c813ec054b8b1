import assert from 'node:assert/strict';
import { changesBetween, digestOf } from '../../src/workflows/kit/gates.ts';
import type { Fact } from '../../src/workflows/messages.ts';

const fact = (name: string, value: Fact['value'], more: Partial<Fact> = {}): Fact => ({
  name,
  value,
  source: 'test',
  at: '2026-11-21T03:00:00Z',
  ...more,
});
const gate = { id: '1-go-on', question: 'Go on?', round: 1 };

describe('facts', () => {
  it('hold while numbers stay within their tolerance and everything else stays equal', () => {
    const shown = [fact('lag', 3, { tolerance: 2 }), fact('role', 'replica'), fact('clock', 'now', { informational: true })];
    assert.deepEqual(changesBetween(shown, [fact('lag', 5), fact('role', 'replica'), fact('clock', 'later')]), []);
    assert.deepEqual(changesBetween(shown, [fact('lag', 5.1), fact('role', 'primary'), fact('clock', 'later')]), [
      'lag was 3, is now 5.1',
      'role was replica, is now primary',
    ]);
  });

  it('that can no longer be read do not hold, and neither do those that become unknown', () => {
    assert.deepEqual(changesBetween([fact('lag', 3, { unit: 's' })], []), ['lag can no longer be read (was 3 s)']);
    assert.deepEqual(changesBetween([fact('lag', 3, { unit: 's', tolerance: 2 })], [fact('lag', null)]), ['lag was 3 s, is now unknown']);
  });

  it('have a digest that any change of value, plan, question or round changes, and the order of keys does not', () => {
    const facts = [fact('lag', 3)];
    const digest = digestOf(gate, { from: 'east', to: 'west' }, facts);
    assert.match(digest, /^[0-9a-f]{64}$/);
    assert.equal(digestOf({ ...gate }, { to: 'west', from: 'east' }, facts), digest);
    const others = [
      digestOf(gate, { from: 'east', to: 'west' }, [fact('lag', 3.1)]),
      digestOf(gate, { from: 'west', to: 'east' }, facts),
      digestOf({ ...gate, round: 2 }, { from: 'east', to: 'west' }, facts),
      digestOf({ ...gate, id: '2-go-on' }, { from: 'east', to: 'west' }, facts),
    ];
    assert.equal(new Set([digest, ...others]).size, 5);
  });
});
