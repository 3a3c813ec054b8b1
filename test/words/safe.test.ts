import assert from 'node:assert/strict';
import { safeLine, safeText } from '../../src/words/safe.ts';

describe('words of somebody else', () => {
  it('are obeyed by no terminal', () => {
    const hostile =
      'a\u001b[2J\u001b[31mred\u001b[0m \u001b]0;title\u0007\u001b]8;;http://x\u001b\\link\u001b(B\u009b2Jb\u0000\u0008\u007f';
    assert.equal(safeLine(hostile).replace(/ +/g, ' ').trim(), 'ared link 2Jb');
    // A sequence that never ends takes nothing of what follows with it.
    assert.equal(safeLine('a\u001b]0;title without an end'), 'a ]0;title without an end');
  });

  it('are not turned round or hidden, and stay readable in any script', () => {
    assert.equal(safeLine('invoice\u202egnp.exe'), 'invoice\\u{202e}gnp.exe');
    assert.equal(safeLine('pay\u200bpal \u2066x\u2069'), 'pay\\u{200b}pal \\u{2066}x\\u{2069}');
    for (const text of ['أعد تشغيل الخدمة', 'שירות', 'Größe 5 µs 👩‍🚒', '<b>bold</b>']) assert.equal(safeText(text), text);
  });

  it('make no lines of their own where one is wanted', () => {
    assert.equal(safeLine('T\r\nBcc: x\n\n  y\tz\u2028w'), 'T Bcc: x y z\\u{2028}w');
    assert.equal(safeText('one\r\ntwo\n\tthree'), 'one\ntwo\n\tthree');
  });

  it('are cut only when they are endless, and then say how much is left out', () => {
    const line = safeLine('x'.repeat(1_048_576));
    assert.equal(line, `${'x'.repeat(2_000)}… (1046576 more characters)`);
    assert.equal(safeText(`${'y'.repeat(1_999)}!`), `${'y'.repeat(1_999)}!`);
  });
});
