import assert from 'node:assert/strict';
import { metWords, visible } from '../../src/report/words.ts';

describe('the words of a report', () => {
  it('says kept or missed with a sign and a word', () => {
    assert.equal(metWords({ targetMs: 1, actualMs: 2, met: false }), '✖ missed');
    assert.equal(metWords({ targetMs: 2, actualMs: 1, met: true }), '✔ kept');
    assert.equal(metWords({ targetMs: 2, actualMs: null, met: null }), '? cannot be told');
    assert.equal(metWords({ targetMs: null, actualMs: 1, met: null }), '? no target is set');
  });

  it('shows characters that would hide or turn text around', () => {
    assert.equal(visible('ok\u202etxt.exe\u0000\u200b'), 'ok\\u{202e}txt.exe\\u{0}\\u{200b}');
    assert.equal(visible('ä € 👩‍🚒 \n'), 'ä € 👩‍🚒 \n');
  });
});
