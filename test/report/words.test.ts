import assert from 'node:assert/strict';
import { factVerdict, metWords, visible } from '../../src/report/words.ts';
import { factValue } from '../../src/words/facts.ts';

describe('the words of a report', () => {
  it('says kept or missed with a sign and a word', () => {
    assert.equal(metWords({ targetMs: 1, actualMs: 2, met: false }), '✖ missed');
    assert.equal(metWords({ targetMs: 2, actualMs: 1, met: true }), '✔ kept');
    assert.equal(metWords({ targetMs: 2, actualMs: null, met: null }), '? cannot be told');
    assert.equal(metWords({ targetMs: null, actualMs: 1, met: null }), '? no target is set');
  });

  it('tells a fact that a dry run did not try from one that could not be read', () => {
    const fact = { id: 'effect', name: 'effect', kind: 'count' as const, value: null, source: 'a test', at: '2026-03-14T09:00:00Z' };
    const said = (['notTried', 'unknown'] as const).map((verdict) => [factValue({ ...fact, verdict }), factVerdict({ ...fact, verdict })]);
    assert.deepEqual(said, [
      ['not tried in a dry run', '– not tried'],
      ['not known', '? not known'],
    ]);
  });

  it('shows characters that would hide or turn text around', () => {
    assert.equal(visible('ok\u202etxt.exe\u0000\u200b'), 'ok\\u{202e}txt.exe\\u{0}\\u{200b}');
    assert.equal(visible('ä € 👩‍🚒 \n'), 'ä € 👩‍🚒 \n');
  });
});
