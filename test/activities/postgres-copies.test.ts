import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { postgresActivities } from '../../src/activities/postgres/server.ts';
import type { Environment } from '../../src/config/environment.ts';
import type { RegionName } from '../../src/range/contract.ts';
import { createDatabases, type Databases } from '../../src/range/databases/databases.ts';
import { eventually } from '../eventually.ts';
import { environmentWith } from './environment.ts';
import { failureOf, inStep } from './in-step.ts';

/** The replica in the west stands for a restored copy: with its way slowed down it lacks what was written last. */
describe('looking at a copy of a database', function () {
  this.timeout(60_000);
  const where = { database: 'orders', region: 'east' };
  let folder: string;
  let databases: Databases;
  let environment: Environment;
  let owner: pg.Client;
  let connectOwner: () => Promise<void>;
  const copy = () => ({ host: '127.0.0.1', port: databases.database('orders-west')!.port });
  const tools = () => postgresActivities(environment);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-copies-'));
    databases = await createDatabases(folder, () => false);
    await databases.start();
    const url = (region: RegionName) =>
      `postgres://muster:${databases.secrets.owner}@127.0.0.1:${databases.database(`orders-${region}`)!.port}/orders`;
    environment = environmentWith({ PG_EAST: url('east'), PG_WEST: url('west') });
    connectOwner = async () => {
      owner = new pg.Client({ connectionString: url('east') });
      await owner.connect();
    };
    await connectOwner();
  });
  after(async () => {
    await owner?.end();
    await databases?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const place = async (): Promise<{ id: string; at: string }> => {
    const { rows } = await owner.query<{ id: string; placed_at: Date }>(
      `WITH o AS (INSERT INTO orders (id, region, item) VALUES ($1, 'east', 'a rope') RETURNING *),
         l AS (INSERT INTO order_lines SELECT id, item, 1 FROM o) SELECT * FROM o`,
      [randomUUID()],
    );
    return { id: rows[0]!.id, at: rows[0]!.placed_at.toISOString() };
  };
  const caughtUp = () =>
    eventually(
      'the copy to have every row',
      async () => (await inStep(tools().examineDatabase, { ...where, endpoint: copy() })).result.rows,
      (rows) => rows === 2,
      10_000,
    );

  it('counts and lists the writes after a time, oldest first, as many as asked for', async () => {
    const [first, second] = [await place(), await place()];
    const all = (await inStep(tools().writesAfter, { ...where, at: new Date(0).toISOString() })).result;
    assert.deepEqual([all.count, all.first, all.last], [2, first.at, second.at]);
    assert.deepEqual(all.writes, [first, second]);
    const none = (await inStep(tools().writesAfter, { ...where, at: new Date(Date.parse(second.at) + 1).toISOString() })).result;
    assert.deepEqual(none, { count: 0, first: null, last: null, writes: [] });
    const short = (await inStep(tools().writesAfter, { ...where, at: new Date(0).toISOString(), list: 0 })).result;
    assert.deepEqual([short.count, short.writes], [2, []]);
    await caughtUp();
  });

  it('goes by what the copy has, not by clocks, for what was written about that time', async () => {
    databases.setLag(60_000);
    const third = await place();
    const after = new Date(Date.parse(third.at) + 1_000).toISOString();
    const lost = (await inStep(tools().writesAfter, { ...where, at: after, without: copy() })).result;
    assert.deepEqual([lost.count, lost.writes], [1, [third]], 'written before that time, and yet not in the copy');
    const early = new Date(Date.parse(third.at) - 30_000).toISOString();
    assert.equal((await inStep(tools().writesAfter, { ...where, at: early, without: copy() })).result.count, 1);
    databases.setLag(0);
  });

  it('looks at the copy before it closes it, although the database of today is closed already', async () => {
    databases.setLag(60_000);
    await owner.end();
    await inStep(tools().fenceDatabase, where);
    const { predicted } = await inStep(tools().fenceDatabase, { ...where, endpoint: copy() }, { mode: 'simulate' });
    assert.match(predicted[0]?.call ?? 'nothing', /^ALTER DATABASE "orders" SET default_transaction_read_only = on/);
    await inStep(tools().unfenceDatabase, where);
    await connectOwner();
    databases.setLag(0);
  });

  it('cannot tell without a ledger, and says so instead of "none"', async () => {
    const bare = { ...environment, databases: { orders: { ...environment.databases['orders']!, ledger: undefined } } };
    const { result } = await inStep(postgresActivities(bare as unknown as Environment).writesAfter, {
      ...where,
      at: new Date().toISOString(),
    });
    assert.equal(result.count, null);
  });

  it('tells what a copy holds, and its timeline', async () => {
    const { result } = await inStep(tools().examineCopy, { ...where, endpoint: copy() });
    const held = result!;
    assert.deepEqual(
      held.checks.map(({ holds }) => holds),
      [true, true],
    );
    assert.ok(held.rows! >= 2 && held.newest !== null && held.bytes > 1_000_000);
    assert.equal(held.timeline, 1);
    const answers = (await inStep(tools().awaitServer, { ...where, timeline: 1 })).result;
    assert.deepEqual(answers, { timeline: 1 });
  });

  it('reads tables and indexes from end to end, by a scan or with pg_prewarm', async () => {
    const scanned = (await inStep(tools().warmUp, { ...where, endpoint: copy() })).result!;
    assert.deepEqual([scanned.how, scanned.complete], ['scan', true]);
    const superuser = new pg.Client({
      ...{ host: '127.0.0.1', port: databases.database('orders-east')!.port, database: 'orders' },
      ...{ user: 'postgres', password: databases.secrets.superuser },
    });
    await superuser.connect();
    await superuser.query('CREATE EXTENSION pg_prewarm');
    await superuser.query('GRANT EXECUTE ON FUNCTION pg_prewarm TO muster');
    await superuser.end();
    const endpoint = { host: '127.0.0.1', port: databases.database('orders-east')!.port };
    const warmed = (await inStep(tools().warmUp, { ...where, endpoint })).result!;
    assert.deepEqual([warmed.how, warmed.complete, warmed.relations], ['pg_prewarm', true, scanned.relations]);
    assert.ok(warmed.pages >= scanned.pages && scanned.relations >= 4);
  });

  it('asks the environment when its last check passed', async () => {
    const marked = (sql: string) =>
      postgresActivities({ ...environment, databases: { orders: { ...environment.databases['orders']!, lastGood: { sql } } } });
    const ask = async (sql: string) => (await inStep(marked(sql).lastGoodMarker, where)).result;
    assert.deepEqual(await ask(`SELECT timestamptz '2026-11-20 10:00:00+00'`), { at: '2026-11-20T10:00:00.000Z' });
    assert.deepEqual(await ask(`SELECT '2026-11-20T12:00:00+02:00'`), { at: '2026-11-20T10:00:00.000Z' });
    assert.deepEqual(await ask('SELECT null'), { at: null });
    assert.deepEqual((await inStep(tools().lastGoodMarker, where)).result, { at: null });
    const { name, message } = await failureOf(inStep(marked(`SELECT 'yesterday'`).lastGoodMarker, where));
    assert.deepEqual([name, message], ['Permanent', 'the last-good marker of orders is no time: "yesterday"']);
  });
});
