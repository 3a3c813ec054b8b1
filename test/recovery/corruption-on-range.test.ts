import assert from 'node:assert/strict';
import pg from 'pg';
import type { RegionName } from '../../src/range/contract.ts';
import type { DamageFound } from '../../src/workflows/procedures/damage/found.ts';
import type { RunView } from '../../src/workflows/messages.ts';
import { practiceEstate } from './estate.ts';

/** One story: an index of the shop's database lies, then rows are lost; each is found, named, and made good. */
describe('damaged data on the range', function () {
  this.timeout(180_000);
  const estate = practiceEstate();
  const input = { service: 'shop', region: 'east' };
  let hidden: string[] = [];

  async function ask<Row extends pg.QueryResultRow>(sql: string, values: unknown[] = [], region: RegionName = 'east'): Promise<Row[]> {
    const session = new pg.Client({
      connectionString: estate.stack.variables[`MUSTER_RANGE_PG_${region.toUpperCase()}`],
      // By index, as a customer's questions are answered.
      options: '-c enable_seqscan=off',
    });
    session.on('error', () => undefined);
    await session.connect();
    try {
      return (await session.query<Row>(sql, values)).rows;
    } finally {
      await session.end();
    }
  }
  const recover = async (more: object = {}, mode = 'live') => {
    const { status, body } = await estate.start('sam', {
      ...{ runbook: 'recover-corrupted-database', mode, reason: 'a test', input: { ...input, ...more } },
    });
    assert.equal(status, 201, JSON.stringify(body));
    return body.runId!;
  };
  const corruption = ({ measures }: RunView) => measures['corruption'] as DamageFound & { snapshot: string };
  const orders = async () => (await ask<{ id: string }>('SELECT id FROM orders')).map(({ id }) => id);

  it('is not looked for on bad input, and the field is named', async () => {
    for (const [bad, pointer] of [
      [{ region: 'north' }, '/input/region'],
      [{ prefer: 'vacuum' }, '/input/prefer'],
      [{ lastGood: '2999-01-01T00:00:00Z' }, '/input/lastGood'],
      [{ lastGood: '2026-01-02T00:00:00Z', badSince: '2026-01-01T00:00:00Z' }, '/input/lastGood'],
    ] as const) {
      const asked = { runbook: 'recover-corrupted-database', reason: 'a test', input: { ...input, ...bad } };
      const { status, body } = await estate.start('sam', asked);
      assert.deepEqual([status, body.errors?.map((error) => error.pointer)], [422, [pointer]], JSON.stringify(body));
    }
  });

  it('in simulate changes nothing, and lists what it would do up to the restore', async () => {
    const before = await estate.changes();
    const runId = await recover({ lastGood: new Date(Date.now() - 2_000).toISOString() }, 'simulate');
    const view = await estate.approveUntilEnd(runId);
    assert.equal(view.state, 'handedOver', view.status);
    const predicted = view.steps.flatMap((step) => step.predicted.map(({ call }) => call));
    for (const call of ['rds:CreateDBSnapshot', 'rds:RestoreDBInstanceFromDBSnapshot', 'rds:DeleteDBInstance'])
      assert.ok(predicted.includes(call), `${call} in ${predicted.join(', ')}`);
    assert.ok(predicted.some((call) => call.startsWith('ALTER DATABASE "orders" SET default_transaction_read_only')));
    await estate.approveUntilEnd(view.successor!);
    assert.equal(await estate.changes(), before);
    assert.ok(view.steps.every(({ evidence }) => evidence.every(({ kind }) => kind !== 'change')));
  });

  it('finds an index that lies, names the orders that it hides, and makes just that index anew', async () => {
    await estate.range.break({ kind: 'corrupt-index', rows: 4 });
    await estate.healthy();
    const before = await orders();
    const runId = await recover();
    const view = await estate.approveUntilEnd(runId);
    assert.equal(view.state, 'completed', view.status);
    const { primary, standbys, snapshot } = corruption(view);
    assert.deepEqual([primary.tables.damaged, primary.rules.broken], [[], []]);
    const [index] = primary.indexes.damaged;
    assert.deepEqual([primary.indexes.damaged.length, index!.index, index!.unfound!.count], [1, 'orders_pkey', 4]);
    // The next order that lands on the page carries all of it to the replica.
    for (const { key } of standbys[0]!.look!.indexes.damaged.flatMap(({ unfound }) => unfound!.listed))
      assert.ok(index!.unfound!.listed.some((row) => row.key === key));
    hidden = index!.unfound!.listed.map(({ key }) => key);
    assert.equal(new Set(hidden).size, 4);
    for (const id of hidden) assert.ok(before.includes(id));

    const found = await ask<{ id: string }>(
      'SELECT id FROM unnest($1::uuid[]) AS h (id) WHERE EXISTS (SELECT FROM orders o WHERE o.id = h.id)',
      [before],
    );
    assert.equal(found.length, before.length, 'every order is still there, and is found');
    await ask('SELECT bt_index_check($1::regclass, true)', ['orders_pkey']);
    const made = (await estate.range.calls()).filter(({ stateChanging }) => stateChanging).map(({ action }) => action);
    assert.deepEqual(
      made.filter((action) => /DB/.test(action)).slice(-4),
      ['CreateDBSnapshot', 'RestoreDBInstanceFromDBSnapshot', 'ModifyDBInstance', 'DeleteDBInstance'],
      snapshot,
    );
    assert.equal((await estate.range.status()).regions.east.database, 'primary');
    const order = view.steps.map(({ title }) => title);
    assert.ok(order.indexOf('Take a snapshot before anybody looks') < order.indexOf('Read every page of the copy'));
  });

  it('finds lost rows on every copy, names them, and hands over to a restore that has them again; nothing can come between', async () => {
    const before = await ask<{ id: string; placed_at: Date }>('SELECT id, placed_at FROM orders');
    await estate.range.break({ kind: 'corrupt-rows', rows: 5 });
    const damagedAt = Date.now();
    const broken = await ask<{ id: string }>('SELECT id FROM orders o WHERE NOT EXISTS (SELECT FROM order_lines WHERE order_id = o.id)');
    const runId = await recover();
    const view = await estate.approveUntilEnd(runId);
    assert.equal(view.state, 'handedOver', view.status);
    const other = await estate.start('ben', { runbook: 'recover-corrupted-database', reason: 'a test', input });
    assert.deepEqual([other.status, other.body.code, other.body.holder], [409, 'ResourceBusy', view.successor]);
    const [rule] = corruption(view).primary.rules.broken;
    assert.deepEqual([rule!.rule, rule!.rows.count], ['every order has at least one line', 5]);
    assert.deepEqual(rule!.rows.listed.map(({ key }) => key).sort(), broken.map(({ id }) => id).sort());
    assert.deepEqual(
      corruption(view).standbys.map(({ look }) => look?.rules.broken.map(({ rows }) => rows.count)),
      [[5]],
    );

    const restored = await estate.approveUntilEnd(view.successor!, 150_000);
    assert.equal(restored.state, 'completed', restored.status);
    const { at } = restored.measures['restoreTo'] as { at: string };
    assert.ok(Date.parse(at) >= Date.parse(rule!.rows.firstAt!) - 2_000 && Date.parse(at) < damagedAt, `${at} is just before the damage`);
    const { writes } = restored.measures['writesLost'] as { writes: { id: string }[] };
    const kept = await ask<{ id: string }>('SELECT id FROM orders WHERE EXISTS (SELECT FROM order_lines WHERE order_id = id)');
    const [there, listed] = [kept, writes].map((rows) => new Set(rows.map(({ id }) => id))) as [Set<string>, Set<string>];
    for (const { id, placed_at } of before) {
      // What was placed in the very second may have been committed after it.
      if (placed_at.getTime() < Date.parse(at) - 1_000) assert.ok(there.has(id), `${id} of ${placed_at.toISOString()} was there at ${at}`);
      assert.ok(there.has(id) || listed.has(id), `${id} is there, or listed as lost`);
    }
    assert.deepEqual(await ask('SELECT id FROM orders o WHERE NOT EXISTS (SELECT FROM order_lines WHERE order_id = o.id)'), []);
  });
});
