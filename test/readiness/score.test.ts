import assert from 'node:assert/strict';
import { scoreOf, type Scored } from '../../src/workflows/readiness/score.ts';

const day = 86_400_000;
const now = Date.parse('2026-11-21T12:00:00Z');
const doneAgo = (days: number, code: string | null = 'a'): Scored['practice'] => ({
  runId: 'a-run',
  at: new Date(now - days * day).toISOString(),
  code,
});
const scored = (more: Partial<Scored> = {}): Scored => ({
  ...{ findings: [{ state: 'ok' }], practice: doneAgo(1), code: 'a', drillAgeMs: 30 * day, now },
  ...more,
});
const points = (more: Partial<Scored> = {}) => scoreOf(scored(more)).points;

describe('the score of a recovery plan', () => {
  it('is 100 when all checks hold and it was done lately with the same runbook', () => assert.equal(points(), 100));

  it('sinks with the age of the last practice, down to half', () => {
    assert.deepEqual(
      [30, 75, 120, 1_000].map((days) => points({ practice: doneAgo(days) })),
      [100, 75, 50, 50],
    );
    assert.equal(points({ practice: null }), 50);
  });

  it('sinks when the runbook was edited since, and when nobody knows', () => {
    assert.equal(points({ code: 'b' }), 80);
    assert.equal(points({ practice: doneAgo(1, null) }), 80);
    assert.equal(points({ code: null }), 80);
  });

  it('is 0 with a failed check, half with each that nobody knows, and a little less with each warning', () => {
    assert.equal(points({ findings: [{ state: 'ok' }, { state: 'failed' }] }), 0);
    assert.equal(points({ findings: [{ state: 'unknown' }] }), 50);
    assert.equal(points({ findings: [{ state: 'warning' }, { state: 'warning' }] }), 81);
  });

  it('says what it is made of', () => {
    const { parts } = scoreOf(scored({ findings: [{ state: 'failed' }, { state: 'warning' }], practice: doneAgo(3, 'old') }));
    assert.deepEqual(
      parts.map(({ part, why }) => `${part}: ${why}`),
      ['findings: 1 failed, 1 warning', 'practice: last done 3 d ago', 'edits: edited since it was last done'],
    );
  });
});
