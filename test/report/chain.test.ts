import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { findBreak, seal, serialize, type Report } from '../../src/report/chain.ts';
import { canonicalJson } from '../../src/workflows/canonical-json.ts';

const entries = ['one', 'two', 'three', 'four'].map((text) => ({ kind: 'event', at: '2026-03-14T09:00:00.000Z', data: { text } }));
const sealed = (): Report => structuredClone(seal(entries));

describe('the chain of a report', () => {
  it('spells equal values equally, whatever the order of their keys', () => {
    assert.equal(canonicalJson({ b: [1, { d: null, c: 'é' }], a: undefined, B: 1e21 }), '{"B":1e+21,"b":[1,{"c":"é","d":null}]}');
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.deepEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('makes each hash from the hash before and everything that the entry says', () => {
    const { entries: chain, head } = sealed();
    let prev = '0'.repeat(64);
    for (const [index, { seq, kind, at, data, ...links }] of chain.entries()) {
      const text = `{"at":"${at}","data":${JSON.stringify(data)},"kind":"${kind}","seq":${seq}}`;
      const hash = createHash('sha256')
        .update(prev + text)
        .digest('hex');
      assert.deepEqual({ seq, ...links }, { seq: index + 1, prev, hash });
      prev = hash;
    }
    assert.equal(head, prev);
    assert.equal(findBreak(sealed()), undefined);
  });

  it('names the first entry that was changed', () => {
    const report = sealed();
    report.entries[2]!.data = { text: 'tree' };
    assert.match(findBreak(report)!, /^entry 3 \(event\) was changed/);
  });

  it('sees an entry that was changed together with its own hash', () => {
    const report = sealed();
    const other = seal([...entries.slice(0, 1), { ...entries[1]!, data: { text: 'zwei' } }]);
    report.entries[1] = other.entries[1]!;
    assert.match(findBreak(report)!, /^entry 3 \(event\) does not follow/);
  });

  it('sees entries that were taken out, put elsewhere or cut off at the end', () => {
    const [without, swapped, short] = [sealed(), sealed(), sealed()];
    without.entries.splice(1, 1);
    assert.match(findBreak(without)!, /^entry 2 \(event\) says that it is number 3/);
    swapped.entries.reverse();
    assert.match(findBreak(swapped)!, /^entry 1/);
    short.entries.pop();
    assert.match(findBreak(short)!, /missing at the end/);
  });

  it('writes one line for each entry, so that a line number names an entry', () => {
    const lines = serialize(sealed()).split('\n');
    assert.equal(lines.length, entries.length + 3);
    assert.deepEqual(JSON.parse(lines.join('\n')), sealed());
    assert.match(lines[3]!, /"seq":3,/);
  });
});
