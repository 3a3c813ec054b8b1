import assert from 'node:assert/strict';
import { count, list, share, size } from '../../src/words/amounts.ts';
import { duration } from '../../src/words/durations.ts';
import { factValue, factWithTolerance } from '../../src/words/facts.ts';
import { clock, dateAndTime } from '../../src/words/times.ts';

describe('words for values', () => {
  it('say durations with the unit that fits, and never two that look equal on both sides of a border', () => {
    const said = [
      ...[0, 0.4, 87, 999, 999.6, 1_234, 9_994, 9_996, 59_949, 59_950, 119_500, 599_940, 599_960, 761_000, 3_599_400, 3_599_600],
      ...[3_840_000, 172_740_000, 172_799_000, 183_600_000, 259_200_000],
    ];
    assert.deepEqual(said.map(duration), [
      ...['0 s', '0 s', '87 ms', '999 ms', '1 s', '1.23 s', '9.99 s', '10 s', '59.9 s', '1 min', '1 min 59.5 s'],
      ...['9 min 59.9 s', '10 min', '12 min 41 s', '59 min 59 s', '1 h 00 min', '1 h 04 min', '47 h 59 min', '2 d', '2 d 3 h', '3 d'],
    ]);
  });

  it('say times in UTC, and leave alone what is no time', () => {
    assert.equal(clock('2026-03-14T10:00:01.5+01:00'), '09:00:01.500 UTC');
    assert.equal(dateAndTime('2026-03-14T09:00:01.999Z'), '2026-03-14 09:00:01 UTC');
    assert.equal(clock('soon'), 'soon');
  });

  it('count and list as people do', () => {
    assert.equal(count(1, 'order'), '1 order');
    assert.equal(count(41_208, 'order'), '41,208 orders');
    assert.equal(list([]), '');
    assert.equal(list(['Ana', 'Ben', 'Sam']), 'Ana, Ben and Sam');
  });

  it('say sizes and shares', () => {
    assert.deepEqual([0, 512, 1_536, 40 * 1_024, 512 * 2 ** 20, 1.5 * 2 ** 30].map(size), [
      ...['0 bytes', '512 bytes', '1.5 KiB', '40 KiB', '512 MiB', '1.5 GiB'],
    ]);
    assert.deepEqual([0, 0.004, 0.85, 1].map(share), ['0 %', '0.4 %', '85 %', '100 %']);
  });

  it('say a fact by its kind, in one way wherever it is shown', () => {
    assert.deepEqual(
      [
        { kind: 'duration', value: 5_040 },
        { kind: 'count', value: 3, unit: 'of 3' },
        { kind: 'bytes', value: 12 * 2 ** 20 },
        { kind: 'share', value: 0.9 },
        { kind: 'time', value: '2026-03-14T14:03:22.123Z' },
        { kind: 'yesNo', value: true },
        { kind: 'yesNo', value: false },
        { kind: 'yesNo', value: null },
        { kind: 'words', value: 'replica, available' },
      ].map(factValue),
      ['5.04 s', '3 of 3', '12 MiB', '90 %', '2026-03-14 14:03:22.123 UTC', 'yes', 'no', 'not known', 'replica, available'],
    );
    assert.equal(factWithTolerance({ kind: 'duration', value: 2_400, tolerance: 2_000 }), '2.4 s ± 2 s');
  });
});
