import assert from 'node:assert/strict';
import { decideWay } from '../../src/workflows/procedures/damage/decide.ts';
import { narrowTimes } from '../../src/workflows/procedures/damage/narrow-time.ts';
import { badIndex, badPage, badRows, badRule, foundOf, standby } from './damage.ts';

describe('the way out of damage', () => {
  const way = (...asked: Parameters<typeof decideWay>) => {
    const { way: chosen, recommended, to, indexes, sure } = decideWay(...asked);
    return { way: chosen, recommended, to, indexes, sure };
  };
  const nobody = { to: undefined, indexes: [] as string[], sure: true };

  it('is nothing when nothing was found, whatever was wished for', () => {
    const nothing = { way: 'nothing', recommended: 'nothing', ...nobody };
    assert.deepEqual(way(foundOf({})), nothing);
    assert.deepEqual(way(foundOf({}), 'restore'), nothing);
  });

  it('is sure only when everything could be asked', () => {
    assert.equal(way(foundOf({ unchecked: ['places_gist'] })).sure, false);
    assert.equal(way(foundOf({ unanswered: [{ rule: 'totals agree', why: 'out of range' }] })).sure, false);
    assert.equal(way(foundOf({ indexes: [badIndex()], unchecked: ['places_gist'] })).sure, false);
  });

  it('is to make indexes anew when only these are damaged', () => {
    const indexes = [badIndex(), badIndex({ index: 'lines_order' })];
    assert.deepEqual(way(foundOf({ indexes }, standby({ indexes }))), {
      ...{ way: 'repair', recommended: 'repair', to: undefined, sure: true },
      indexes: ['orders_pkey', 'lines_order'],
    });
  });

  it('is no repair when an index of PostgreSQL itself is damaged', () => {
    assert.equal(way(foundOf({ indexes: [badIndex({ rebuildable: false })] })).way, 'restore');
  });

  it('is a replica only when it is proven whole and has every write', () => {
    const rows = { tables: [badPage] };
    assert.deepEqual(way(foundOf(rows, standby({}))), { way: 'promote', recommended: 'promote', ...nobody, to: 'west' });
    for (const other of [
      standby({}, 'behind'),
      standby(undefined, 'behind'),
      standby(undefined, 'unreachable'),
      standby(undefined, 'not a standby'),
      standby({ rules: [badRule()] }),
      standby({ tables: [badPage] }),
      standby({ indexes: [badIndex()] }),
      standby({ unanswered: [{ rule: 'totals agree', why: 'invalid page' }] }),
    ])
      assert.equal(way(foundOf(rows, other)).way, 'restore', JSON.stringify(other));
    assert.equal(way(foundOf(rows)).way, 'restore');
    assert.equal(way(foundOf(rows, standby({ tables: [badPage] }), standby({}, 'caught up', 'north'))).to, 'north');
  });

  it('is a time before the damage when rows break a rule everywhere, and says why no replica helps', () => {
    const rules = [badRule()];
    const { way: chosen, why } = decideWay(foundOf({ rules, indexes: [badIndex()] }, standby({ rules })));
    assert.deepEqual([chosen, why], ['restore', 'rows are damaged, and no replica can help: west is damaged too']);
  });

  it('follows a wish against the facts, keeps what they say, and refuses what cannot be done', () => {
    const index = foundOf({ indexes: [badIndex()] }, standby({}));
    assert.deepEqual(way(index, 'restore'), { way: 'restore', recommended: 'repair', ...nobody, indexes: ['orders_pkey'] });
    assert.match(decideWay(index, 'restore').why, /restore was asked for instead of repair/);
    assert.equal(way(foundOf({ rules: [badRule()] }, standby({ rules: [badRule()] })), 'promote').to, 'west');
    assert.equal(decideWay(foundOf({ rules: [badRule()] }), 'promote').impossible, 'there is no replica that could take over');
    assert.equal(decideWay(foundOf({ rules: [badRule()] }, standby(undefined, 'unreachable')), 'promote').to, undefined);
    assert.equal(decideWay(foundOf({ tables: [badPage] }), 'repair').impossible, 'there is no damaged index that could be made anew');
  });

  it('is the longest one in a dry run, which looks at nothing', () => {
    assert.deepEqual(way(undefined), { way: 'restore', recommended: null, ...nobody });
    assert.equal(way(undefined, 'repair').way, 'repair');
  });
});

describe('the time to go back to', () => {
  const window = { earliest: '2026-01-01T00:00:00.000Z', latest: '2026-01-01T10:58:00.000Z' };
  const found = foundOf({ rules: [badRule(), badRule({ rows: badRows(2, { firstAt: '2026-01-01T10:10:00.000Z' }) })] });

  it('lies between the second before the oldest row that breaks a rule was written, and the moment when it was found', () => {
    assert.deepEqual(narrowTimes({}, found, window), { lastGood: '2026-01-01T10:00:05.000Z', badSince: found.at });
    const whole = foundOf({ rules: [badRule({ rows: badRows(1, { firstAt: '2026-01-01T10:00:05.000Z' }) })] });
    assert.equal(narrowTimes({}, whole, window).lastGood, '2026-01-01T10:00:04.000Z');
  });

  it('keeps what people know better', () => {
    const known = { lastGood: '2026-01-01T10:05:00.000Z', badSince: '2026-01-01T10:20:00.000Z' };
    assert.deepEqual(narrowTimes(known, found, window), known);
    assert.equal(narrowTimes({ lastGood: '2026-01-01T09:00:00.000Z' }, found, window).lastGood, '2026-01-01T10:00:05.000Z');
  });

  it('is not guessed when a row does not say from when it is, or is older than what can be restored', () => {
    const undated = foundOf({ rules: [badRule(), badRule({ rows: badRows(1, { dated: false, firstAt: null }) })] });
    assert.deepEqual(narrowTimes({}, undated, window), { badSince: found.at });
    assert.deepEqual(narrowTimes({}, found, { ...window, earliest: '2026-01-01T10:30:00.000Z' }), { badSince: found.at });
    assert.deepEqual(narrowTimes({}, found, { earliest: null, latest: null }), { badSince: found.at });
  });

  it('is the newest one when only pages cannot be read: the log has them whole', () => {
    assert.deepEqual(narrowTimes({}, foundOf({ tables: [badPage] }), window), { at: window.latest, badSince: found.at });
  });

  it('is what people said in a dry run', () => {
    assert.deepEqual(narrowTimes({ lastGood: window.earliest }, undefined, window), { lastGood: window.earliest });
  });
});
