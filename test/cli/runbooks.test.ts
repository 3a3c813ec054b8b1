import assert from 'node:assert/strict';
import { catalogue } from '../../src/catalogue.ts';
import { muster } from './support/muster.ts';

describe('muster runbooks', () => {
  it('lists every runbook with when to use it, with nothing running', async () => {
    const { code, stdout } = await muster(['runbooks'], {});
    assert.equal(code, 0);
    for (const { name, when } of catalogue) assert.ok(stdout.includes(name) && stdout.includes(when), name);
  });

  it('shows what each one asks, where it comes from, and a line to start it with', async () => {
    for (const { name, source, example } of catalogue) {
      const { code, stdout } = await muster(['runbooks', name], {});
      assert.equal(code, 0);
      assert.ok(stdout.includes(source), name);
      for (const field of Object.keys(example)) assert.match(stdout, new RegExp(`^${field} `, 'm'), `${name} does not explain ${field}`);
      assert.match(stdout, new RegExp(`muster start ${name} --input .* --mode simulate`));
    }
  });

  it('names what there is when there is no such runbook', async () => {
    const { code, stderr } = await muster(['runbooks', 'fly'], {});
    assert.equal(code, 2);
    assert.match(stderr, /"fly" is no runbook; known: .*fail-over-region/);
  });
});
