import assert from 'node:assert/strict';
import { clock, count, dateAndTime, duration, factValue, factVerdict, list, metWords, visible } from '../../src/report/words.ts';

describe('the words of a report', () => {
  it('says durations with the unit that fits, and never two that look equal on both sides of a border', () => {
    const said = [
      0, 0.4, 87, 999, 999.6, 1_234, 9_994, 9_996, 59_949, 59_950, 119_500, 599_940, 599_960, 761_000, 3_599_400, 3_599_600, 3_840_000,
    ];
    assert.deepEqual(said.map(duration), [
      ...['0 s', '0 s', '87 ms', '999 ms', '1 s', '1.23 s', '9.99 s', '10 s', '59.9 s', '1 min', '1 min 59.5 s'],
      ...['9 min 59.9 s', '10 min', '12 min 41 s', '59 min 59 s', '1 h 00 min', '1 h 04 min'],
    ]);
  });

  it('says times in UTC, and leaves alone what is no time', () => {
    assert.equal(clock('2026-03-14T10:00:01.5+01:00'), '09:00:01.500 UTC');
    assert.equal(dateAndTime('2026-03-14T09:00:01.999Z'), '2026-03-14 09:00:01 UTC');
    assert.equal(clock('soon'), 'soon');
  });

  it('counts and lists as people do', () => {
    assert.equal(count(1, 'order'), '1 order');
    assert.equal(count(41_208, 'order'), '41,208 orders');
    assert.equal(list([]), '');
    assert.equal(list(['Ana', 'Ben', 'Sam']), 'Ana, Ben and Sam');
  });

  it('says kept or missed with a sign and a word', () => {
    assert.equal(metWords({ targetMs: 1, actualMs: 2, met: false }), '✖ missed');
    assert.equal(metWords({ targetMs: 2, actualMs: 1, met: true }), '✔ kept');
    assert.equal(metWords({ targetMs: 2, actualMs: null, met: null }), '? cannot be told');
    assert.equal(metWords({ targetMs: null, actualMs: 1, met: null }), '? no target is set');
  });

  it('tells a fact that a dry run did not try from one that could not be read', () => {
    const fact = { name: 'effect', value: null, source: 'a test', at: '2026-03-14T09:00:00Z' };
    const said = (['notTried', 'unknown'] as const).map((verdict) => [factValue({ ...fact, verdict }), factVerdict({ ...fact, verdict })]);
    assert.deepEqual(said, [
      ['not tried in a dry run', '– not tried'],
      ['unknown', '? unknown'],
    ]);
  });

  it('shows characters that would hide or turn text around', () => {
    assert.equal(visible('ok\u202etxt.exe\u0000\u200b'), 'ok\\u{202e}txt.exe\\u{0}\\u{200b}');
    assert.equal(visible('ä € 👩‍🚒 \n'), 'ä € 👩‍🚒 \n');
  });
});
