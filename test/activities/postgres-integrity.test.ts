import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { postgresActivities } from '../../src/activities/postgres/server.ts';
import { postgresIntegrityActivities } from '../../src/activities/postgres/damage/integrity.ts';
import type { Environment } from '../../src/config/environment.ts';
import type { RegionName } from '../../src/range/contract.ts';
import { createDatabases, type Databases } from '../../src/range/databases/databases.ts';
import { eventually } from '../eventually.ts';
import { environmentWith } from './environment.ts';
import { failureOf, inStep } from './in-step.ts';

/** One story: a database gets one kind of damage after the other, and each is found, named and counted. */
describe('the search for damage', function () {
  this.timeout(60_000);
  const east = { database: 'orders', region: 'east' };
  const west = { database: 'orders', region: 'west' };
  let folder: string;
  let databases: Databases;
  let environment: Environment;
  const tools = () => postgresIntegrityActivities(environment);
  const portOf = (region: RegionName) => databases.database(`orders-${region}`)!.port;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-damage-'));
    databases = await createDatabases(folder, () => false);
    await databases.start();
    const url = (region: RegionName) => `postgres://muster:${databases.secrets.owner}@127.0.0.1:${portOf(region)}/orders`;
    environment = environmentWith({ PG_EAST: url('east'), PG_WEST: url('west') });
    await owner(`INSERT INTO orders (id, region, item) SELECT gen_random_uuid(), 'east', 'a rope' FROM generate_series(1, 400)`);
    await owner(`INSERT INTO order_lines SELECT id, 'a rope', 1 FROM orders`);
    await caughtUp();
  });
  after(async () => {
    await databases?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function ask<Row extends pg.QueryResultRow>(as: pg.ClientConfig, sql: string): Promise<Row[]> {
    const session = new pg.Client(as);
    session.on('error', () => undefined);
    await session.connect();
    try {
      return (await session.query<Row>(sql)).rows;
    } finally {
      await session.end();
    }
  }
  const owner = <Row extends pg.QueryResultRow>(sql: string, region: RegionName = 'east') =>
    ask<Row>({ host: '127.0.0.1', port: portOf(region), user: 'muster', password: databases.secrets.owner, database: 'orders' }, sql);
  const superuser = (sql: string) =>
    ask({ host: '127.0.0.1', port: portOf('east'), user: 'postgres', password: databases.secrets.superuser, database: 'orders' }, sql);
  const state = async (where: typeof east) => (await inStep(postgresActivities(environment).replicationState, where)).result;
  const caughtUp = async () => {
    // A commit, so that all of the log so far is sent.
    await superuser('CREATE TABLE muster_beat (); DROP TABLE muster_beat');
    const { replayLsn: written } = await state(east);
    const asked = { ...west, lsn: written! };
    await eventually(
      'the standby',
      () => inStep(tools().standbyState, asked),
      ({ result }) => result!.state === 'caught up',
      20_000,
    );
  };
  const size = async () => {
    const [row] = await owner<{ rows: number; indexes: number }>(
      `SELECT (SELECT sum((xpath('/row/c/text()', query_to_xml('SELECT count(*) AS c FROM ' || oid::regclass, false, true, '')))[1]::text::int)
        FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace)::int AS rows,
        (SELECT count(*)::int FROM pg_class WHERE relkind = 'i' AND relnamespace = 'public'::regnamespace) AS indexes`,
    );
    return row!;
  };
  const copy = () => ({ ...east, endpoint: { host: '127.0.0.1', port: portOf('east') } });

  it('finds nothing in a database that is whole, with and without amcheck, and changes nothing', async () => {
    const { rows, indexes: count } = await size();
    for (const amcheck of [false, true]) {
      if (amcheck) await inStep(tools().installAmcheck, copy());
      const [tables, indexes, rules] = [
        await inStep(tools().checkTables, east),
        await inStep(tools().checkIndexes, east),
        await inStep(tools().checkRules, east),
      ];
      assert.deepEqual([tables.result!.damaged, tables.result!.rows, tables.result!.amcheck], [[], rows, amcheck]);
      assert.deepEqual([indexes.result!.damaged, indexes.result!.indexes], [[], count]);
      assert.deepEqual([rules.result!.broken, rules.result!.unanswered, rules.result!.notValidated], [[], [], []]);
      assert.ok([tables, indexes, rules].every(({ evidence }) => evidence.every(({ kind }) => kind === 'read')));
    }
  });

  it('is not done at all in simulate', async () => {
    const { result, evidence } = await inStep(tools().checkTables, east, { mode: 'simulate' });
    assert.deepEqual([result, evidence], [undefined, []]);
  });

  it('installs amcheck on a copy once, and never on the database that serves', async () => {
    await owner('DROP EXTENSION amcheck');
    const { name, message } = await failureOf(inStep(tools().installAmcheck, east));
    assert.equal(name, 'RefusedBySafetyRule', message);
    assert.deepEqual(await owner(`SELECT FROM pg_extension WHERE extname = 'amcheck'`), []);
    const { evidence, predicted } = await inStep(tools().installAmcheck, copy());
    assert.deepEqual(
      evidence.filter(({ kind }) => kind === 'change').map(({ call, args }) => ({ call, args })),
      predicted,
    );
    const again = await inStep(tools().installAmcheck, copy());
    assert.ok(again.evidence.every(({ kind }) => kind === 'read'));
    await caughtUp();
  });

  it('names rows that break the environment’s rules, and says from when they are, on every copy', async () => {
    const newest = await owner<{ id: string; placed_at: Date }>('SELECT id, placed_at FROM orders ORDER BY placed_at DESC LIMIT 3');
    await databases.damage({ kind: 'corrupt-rows', rows: 3 });
    await caughtUp();
    for (const where of [east, west]) {
      const { broken } = (await inStep(tools().checkRules, where)).result!;
      assert.deepEqual(
        broken.map(({ rule, kind, rows }) => [rule, kind, rows.count, rows.dated]),
        [['every order has at least one line', 'integrity query', 3, true]],
      );
      const { listed, firstAt, lastAt } = broken[0]!.rows;
      assert.deepEqual(listed.map(({ key }) => key).sort(), newest.map(({ id }) => id).sort());
      const times = newest.map(({ placed_at }) => placed_at.toISOString()).sort();
      assert.deepEqual([firstAt, lastAt], [times[0], times.at(-1)]);
    }
    await owner(
      `INSERT INTO order_lines SELECT o.id, 'a rope', 1 FROM orders o WHERE NOT EXISTS (SELECT FROM order_lines WHERE order_id = o.id)`,
    );
  });

  it('verifies foreign keys, unique keys and checks themselves, whatever PostgreSQL says about them', async () => {
    const stray = randomUUID();
    await superuser(`BEGIN; SET LOCAL session_replication_role = replica; INSERT INTO order_lines VALUES ('${stray}', 'stray', 1); COMMIT`);
    await owner(`ALTER TABLE order_lines DROP CONSTRAINT order_lines_quantity_check;
      INSERT INTO order_lines SELECT id, 'less than nothing', -1 FROM orders LIMIT 1;
      ALTER TABLE order_lines ADD CONSTRAINT order_lines_quantity_check CHECK (quantity > 0) NOT VALID`);
    await owner('CREATE TABLE coupons (code text, used boolean)');
    await owner('CREATE UNIQUE INDEX coupons_code ON coupons (lower(code)) WHERE NOT used');
    await owner(`INSERT INTO coupons VALUES ('SPRING', false), ('autumn', false), ('Autumn', true)`);
    await superuser(`UPDATE pg_index SET indisready = false, indislive = false WHERE indexrelid = 'coupons_code'::regclass`);
    await owner(`INSERT INTO coupons VALUES ('Spring', false)`);
    await superuser(`UPDATE pg_index SET indisready = true, indislive = true WHERE indexrelid = 'coupons_code'::regclass`);
    const { broken, notValidated } = (await inStep(tools().checkRules, east)).result!;
    const found = broken.map(({ rule, kind, table, rows }) => [rule, kind, table, rows.listed.map(({ key }) => key)]);
    assert.deepEqual(found.slice(0, 3), [
      ['coupons_code', 'unique', 'coupons', ['spring', 'spring']],
      ['order_lines_order_id_fkey', 'foreign key', 'order_lines', [stray]],
      ['order_lines_quantity_check', 'check', 'order_lines', [broken[2]!.rows.listed[0]!.key]],
    ]);
    assert.deepEqual([broken[3]!.rule, notValidated], ['no line without its order', ['order_lines_quantity_check of order_lines']]);
    const { damaged } = (await inStep(tools().checkIndexes, east)).result!;
    assert.deepEqual(
      damaged.map(({ index, unfound }) => [index, unfound?.count]),
      [['coupons_code', 1]],
    );
    await owner(`DROP TABLE coupons; DELETE FROM order_lines WHERE quantity < 0;
      ALTER TABLE order_lines VALIDATE CONSTRAINT order_lines_quantity_check`);
    await superuser(`DELETE FROM order_lines WHERE order_id = '${stray}'`);
  });

  it('finds an index that disagrees with its table on the primary alone, and counts the rows that it hides', async () => {
    await databases.damage({ kind: 'corrupt-index', rows: 4 });
    await caughtUp();
    const { damaged } = (await inStep(tools().checkIndexes, east)).result!;
    assert.deepEqual(
      damaged.map(({ index, table, rebuildable, unfound }) => [index, table, rebuildable, unfound?.count, unfound?.dated]),
      [['orders_pkey', 'orders', true, 4, true]],
    );
    assert.match(damaged[0]!.problem, /lacks matching index tuple within index "orders_pkey"/);
    for (const { key } of damaged[0]!.unfound!.listed)
      assert.deepEqual(await owner(`SELECT id FROM orders WHERE id = '${key}'`), [], 'a customer does not find the order');
    assert.deepEqual((await inStep(tools().checkIndexes, { ...west, only: ['orders_pkey'] })).result!.damaged, []);
    assert.deepEqual((await inStep(tools().checkTables, east)).result!.damaged, []);
    assert.deepEqual((await inStep(tools().checkRules, east)).result!.broken, [], 'a rule is not answered through a damaged index');
  });

  it('finds the same without amcheck, by looking every row up', async () => {
    await owner('DROP EXTENSION amcheck');
    await caughtUp();
    const found = async (where: typeof east) =>
      (await inStep(tools().checkIndexes, where)).result!.damaged.map(({ index, problem, unfound }) => [index, problem, unfound?.count]);
    assert.deepEqual(await found(east), [['orders_pkey', '4 rows are not found through it', 4]]);
    assert.deepEqual(await found(west), []);
  });

  it('makes just the damaged index anew, once, and every row is found through it again', async () => {
    const asked = { ...east, indexes: ['orders_pkey'] };
    const dry = await inStep(tools().rebuildIndexes, asked, { mode: 'simulate' });
    assert.deepEqual(
      dry.predicted.map(({ call }) => call),
      ['CREATE EXTENSION IF NOT EXISTS amcheck', 'REINDEX INDEX orders_pkey'],
    );
    const { evidence, predicted } = await inStep(tools().rebuildIndexes, asked);
    const acts = (entries: typeof evidence) => entries.filter(({ kind }) => kind === 'change').map(({ call, args }) => ({ call, args }));
    assert.deepEqual(acts(evidence), predicted);
    assert.deepEqual(acts((await inStep(tools().rebuildIndexes, asked, { attempt: 2 })).evidence), []);
    assert.deepEqual((await inStep(tools().checkIndexes, east)).result!.damaged, []);
    const { name, message } = await failureOf(inStep(tools().rebuildIndexes, { ...east, indexes: ['orders_pkey; DROP TABLE orders'] }));
    assert.deepEqual([name, /has no index orders_pkey; DROP/.test(message)], ['Permanent', true]);
    await caughtUp();
  });

  it('names the page that cannot be read, and the rows on it by a standby that has them', async () => {
    const onIt = await owner<{ id: string }>(`SELECT id FROM orders WHERE ctid < '(1,0)'`, 'west');
    const { rows: all } = await size();
    await databases.damage({ kind: 'corrupt-page' });
    const tables = (await inStep(tools().checkTables, east)).result!;
    assert.equal(tables.damaged.length, 1);
    const [damage] = tables.damaged;
    assert.deepEqual([damage!.table, damage!.unreadable.map(({ from, to }) => [from, to])], ['orders', [[0, 0]]]);
    assert.match(damage!.unreadable[0]!.problem, /invalid page in block 0/);
    assert.equal(tables.rows, all - onIt.length, 'all other rows were read');
    assert.ok((await inStep(tools().checksumFailures, east)).result.failures! > 0);
    assert.deepEqual((await inStep(tools().checkTables, west)).result!.damaged, []);
    const named = (await inStep(tools().rowsWithin, { ...west, damage: damage! })).result!;
    assert.equal(named.count, onIt.length);
    assert.ok(named.listed.every(({ key }) => onIt.some(({ id }) => id === key)));
    assert.equal((await inStep(tools().rowsWithin, { ...east, damage: damage! })).result, null);
    const rules = (await inStep(tools().checkRules, east)).result!;
    assert.ok(rules.unanswered.some(({ why }) => /invalid page/.test(why)));
    const indexes = (await inStep(tools().checkIndexes, { ...east, damagedTables: ['orders'] })).result!;
    assert.deepEqual(indexes.damaged, [], 'an index is not blamed for its table');
  });

  it('tells a standby that has everything from one that is late, and from none', async () => {
    const { replayLsn } = await state(west);
    const seen = async (where: typeof east, lsn: string) => (await inStep(tools().standbyState, { ...where, lsn })).result!.state;
    assert.equal(await seen(west, replayLsn!), 'caught up');
    assert.equal(await seen(east, replayLsn!), 'not a standby');
    environment = environmentWith({ PG_WEST: 'postgres://muster:x@127.0.0.1:1/orders' });
    assert.equal(await seen(west, replayLsn!), 'unreachable');
  });
});
