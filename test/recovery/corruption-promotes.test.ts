import assert from 'node:assert/strict';
import pg from 'pg';
import type { RegionName } from '../../src/range/contract.ts';
import type { DamageFound } from '../../src/workflows/procedures/damage/found.ts';
import { practiceEstate } from './estate.ts';

/** A disk has spoilt a page of the primary, which the replica still has. */
describe('a page that cannot be read on the range', function () {
  this.timeout(180_000);
  const estate = practiceEstate();

  async function ask<Row extends pg.QueryResultRow>(sql: string, region: RegionName): Promise<Row[]> {
    const session = new pg.Client(estate.stack.variables[`MUSTER_RANGE_PG_${region.toUpperCase()}`]);
    session.on('error', () => undefined);
    await session.connect();
    try {
      return (await session.query<Row>(sql)).rows;
    } finally {
      await session.end();
    }
  }

  const recover = async (more: object = {}) => {
    const input = { service: 'shop', region: 'east', ...more };
    const { status, body } = await estate.start('sam', { runbook: 'recover-corrupted-database', reason: 'a test', input });
    assert.equal(status, 201, JSON.stringify(body));
    return body.runId!;
  };

  it('keeps the writers out, when people want that before anybody looks, only until they take it back', async () => {
    const runId = await recover({ stopFirst: true });
    const gate = await estate.openGate(runId);
    assert.equal(gate.question, 'Stop the writers of orders in east until it is looked at?');
    assert.equal((await estate.range.status()).regions.east.database, 'primary', 'customers write until somebody decides');
    for (const by of ['ana', 'ben']) await estate.signal(by, runId, 'approve', { gate: gate.id, digest: gate.digest });
    await estate.seen(runId, 'the fence', ({ steps }) =>
      steps.some(({ title, state }) => /^Stop writes/.test(title) && state === 'completed'),
    );
    assert.equal((await estate.range.status()).regions.east.database, 'fenced');
    await estate.signal('ben', runId, 'abort', { how: 'undo', reason: 'a false alarm' });
    assert.equal((await estate.approveUntilEnd(runId)).state, 'compensated');
    assert.equal((await estate.range.status()).regions.east.database, 'primary');
  });

  it('is found, its rows are named by the replica, which takes over with every order that customers hold a receipt for', async () => {
    const onIt = await ask<{ id: string }>(`SELECT id FROM orders WHERE ctid < '(1,0)'`, 'west');
    await estate.range.break({ kind: 'corrupt-page' });
    await assert.rejects(ask('SELECT item FROM orders', 'east'), /invalid page in block 0/);
    const runId = await recover();
    const asked = await estate.openGate(runId);
    assert.match(asked.question, /Let the replica in west take over from east/);
    assert.equal((await estate.range.status()).regions.east.database, 'primary', 'customers write while it is looked at');
    const parent = estate.approveUntilEnd(runId, 150_000);
    const { steps } = await estate.seen(runId, 'the promotion', (view) => view.steps.some(({ child }) => child !== undefined), 90_000);
    const promotion = await estate.approveUntilEnd(steps.find(({ child }) => child)!.child!, 150_000);
    assert.equal(promotion.state, 'completed', promotion.status);
    const view = await parent;
    assert.equal(view.state, 'completed', view.status);

    const { primary, standbys, hidden } = view.measures['corruption'] as DamageFound;
    assert.deepEqual(
      primary.tables.damaged.map(({ table, unreadable }) => [table, unreadable.map(({ from, to }) => [from, to])]),
      [['orders', [[0, 0]]]],
    );
    assert.deepEqual([standbys[0]!.state, standbys[0]!.look!.tables.damaged], ['caught up', []]);
    const named = hidden[0]!.rows!;
    assert.ok(named.count >= onIt.length, 'orders may have come to the page meanwhile');
    for (const { key } of named.listed.slice(0, onIt.length)) assert.ok(onIt.some(({ id }) => id === key));
    assert.equal((promotion.measures['lost'] as { count: number }).count, 0);
    const there = await ask<{ id: string }>('SELECT id FROM orders', 'west');
    for (const { id } of onIt)
      assert.ok(
        there.some((row) => row.id === id),
        `${id} was on the page and is there`,
      );
    const { regions, customers } = await estate.range.status();
    assert.deepEqual([regions.west.database, customers.outage.over], ['primary', true]);
  });
});
