import assert from 'node:assert/strict';
import { readDue, readPast } from '../../src/cli/moments.ts';

const now = Date.parse('2026-03-14T10:00:00.000Z');

describe('times on the command line', () => {
  it('in the past are so long ago, a time of day, or ISO with its zone', () => {
    assert.equal(readPast('--at', '10m', now), '2026-03-14T09:50:00.000Z');
    assert.equal(readPast('--at', '09:30', now), '2026-03-14T09:30:00.000Z');
    assert.equal(readPast('--at', '23:10', now), '2026-03-13T23:10:00.000Z');
    assert.equal(readPast('--at', '2026-03-14T10:30:00+01:00', now), '2026-03-14T09:30:00.000Z');
  });

  it('to come are from now, a day until its end, or ISO with its zone', () => {
    assert.equal(readDue('--due', '14d', now), '2026-03-28T10:00:00.000Z');
    assert.equal(readDue('--due', '2026-04-01', now), '2026-04-01T23:59:59.999Z');
    assert.equal(readDue('--due', '2026-04-01T12:00:00Z', now), '2026-04-01T12:00:00.000Z');
  });

  it('that could mean two things are refused with the name of the option', () => {
    for (const text of ['noon', '25:00', '2026-03-14T10:30:00', '']) {
      assert.throws(() => readPast('--started', text, now), new RegExp(`--started ${text}: write it like 10m`));
    }
    for (const text of ['tomorrow', '2026-13-40'])
      assert.throws(() => readDue('--due', text, now), new RegExp(`--due ${text}: write it like`));
  });
});
