import assert from 'node:assert/strict';
import { namesKnown, nearest } from '../../src/words/nearest.ts';

describe('the name that was meant', () => {
  const names = ['fail-over-region', 'fail-back-region', 'service-down', 'ana', 'ben', 'planned'];
  it('is found by a beginning, another case, and few slips; never a guess', () => {
    const slips = { 'fail-over-regio': 0, 'Fail-Over-Region': 0, 'fial-over-region': 0, serv: 2, anna: 3, Ben: 4, planed: 5 };
    for (const [said, index] of Object.entries(slips)) assert.equal(nearest(said, names), names[index], said);
    for (const said of ['fail', 'x', '', 'restore-to-time', 'zed']) assert.equal(nearest(said, names), undefined, said);
  });

  it('stands before those that there are', () => {
    assert.equal(namesKnown('shp', ['shop', 'stock']), 'did you mean shop? known: shop, stock');
    assert.equal(namesKnown('x', []), 'known: none');
  });
});
