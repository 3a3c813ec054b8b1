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
import { deadUrl, smallServer, type SmallServer } from './small-server.ts';
import { superuserOf } from '../range/superuser.ts';

describe('the PostgreSQL tool', () => {
  const lost = new Set<RegionName>();
  const east = { database: 'orders', region: 'east' };
  const west = { database: 'orders', region: 'west' };
  let folder: string;
  let databases: Databases;
  let customers: SmallServer;
  let environment: Environment;
  let receipts: { id: string; at: string }[] = [];
  const customersSessions: pg.Client[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-postgres-'));
    databases = await createDatabases(folder, (region) => lost.has(region));
    await databases.start();
    customers = await smallServer(({ path }) => {
      const since = new URL(path, 'http://x').searchParams.get('since');
      return { status: 200, body: { orders: receipts.filter(({ at }) => since === null || at >= since) } };
    });
    const url = (region: RegionName) =>
      `postgres://muster:${databases.secrets.owner}@127.0.0.1:${databases.database(`orders-${region}`)!.port}/orders`;
    environment = environmentWith({ PG_EAST: url('east'), PG_WEST: url('west'), CUSTOMERS_ACKNOWLEDGED: customers.url });
  });
  after(async () => {
    await Promise.all(customersSessions.map((session) => session.end().catch(() => undefined)));
    await Promise.all([databases?.stop(), customers?.stop()]);
    await rm(folder, { recursive: true, force: true });
  });

  async function customer(region: RegionName): Promise<pg.Client> {
    const { port } = databases.database(`orders-${region}`)!;
    const session = new pg.Client({ host: '127.0.0.1', port, user: 'shop', password: databases.secrets.shop, database: 'orders' });
    session.on('error', () => undefined);
    await session.connect();
    customersSessions.push(session);
    return session;
  }
  const place = async (session: pg.Client, id = randomUUID()) => {
    await session.query(
      'WITH o AS (INSERT INTO orders (id, region, item) VALUES ($1, $2, $3) RETURNING id) INSERT INTO order_lines SELECT id, $3, 1 FROM o',
      [id, 'east', 'a rope'],
    );
    receipts.push({ id, at: new Date().toISOString() });
    return id;
  };
  const state = async (where: typeof east) => (await inStep(postgresActivities(environment).replicationState, where)).result;
  const caughtUp = () =>
    eventually(
      'the standby',
      async () => [(await state(east)).replayLsn, (await state(west)).replayLsn],
      ([written, replayed]) => written === replayed,
      10_000,
    );

  it('tells a primary from its standby, and how far that is behind', async () => {
    await place(await customer('east'));
    await caughtUp();
    const [primary, standby] = [await state(east), await state(west)];
    assert.deepEqual(
      [primary.reachable, primary.inRecovery, primary.readOnly, primary.lagMs, primary.writers],
      [true, false, false, null, 0],
    );
    assert.deepEqual([standby.reachable, standby.inRecovery, standby.readOnly, standby.fenced], [true, true, true, false]);
    assert.ok(standby.lagMs !== null && standby.lagMs < 30_000);
    assert.ok(Math.abs(Date.parse(standby.lastReplayedAt!) - Date.now()) < 60_000);
  });

  it('answers that a database cannot be reached instead of throwing', async () => {
    const nowhere = environmentWith({ PG_EAST: (await deadUrl()).replace('http', 'postgres') });
    const { result, evidence } = await inStep(postgresActivities(nowhere).replicationState, east);
    assert.deepEqual(
      [result.reachable, result.inRecovery, evidence.map(({ call, ok }) => [call, ok])],
      [false, null, [['connect', false]]],
    );
  });

  it('keeps the password out of evidence, answers and failures', async () => {
    const wrong = environmentWith({
      PG_EAST: process.env[/env:(.*)/.exec(environment.databases['orders']!.regions['east']!.connection)![1]!]!.replace(
        databases.secrets.owner,
        'canary-canary',
      ),
    });
    const { result, evidence } = await inStep(postgresActivities(wrong).replicationState, east);
    assert.match(result.refusal!, /our password/);
    const failed = await failureOf(inStep(postgresActivities(wrong).checkIntegrity, east));
    assert.equal(failed.name, 'Permanent');
    assert.ok(!JSON.stringify([result, evidence, failed]).includes('canary-canary'));
  });

  it('asks the environment’s questions to the data', async () => {
    const { checkIntegrity } = postgresActivities(environment);
    const { result } = await inStep(checkIntegrity, east);
    assert.deepEqual(
      result.map(({ holds, value }) => [holds, value]),
      [
        [true, '0'],
        [true, '0'],
      ],
    );
    const session = await customer('east');
    await session.query(`INSERT INTO orders (id, region, item) VALUES ('${randomUUID()}', 'east', 'no lines')`);
    assert.deepEqual(
      (await inStep(checkIntegrity, east)).result.map(({ holds }) => holds),
      [false, true],
    );
  });

  it('only predicts a fence in simulate', async () => {
    const { fenceDatabase } = postgresActivities(environment);
    const { result, predicted } = await inStep(fenceDatabase, east, { mode: 'simulate' });
    assert.match(result.lsn, /^[0-9A-F]+\/[0-9A-F]+$/);
    assert.deepEqual(
      [predicted[0]!.call, (await state(east)).fenced],
      ['ALTER DATABASE "orders" SET default_transaction_read_only = on', false],
    );
  });

  it('fences: ends open transactions and old sessions, stops new ones, and proves it', async () => {
    const writing = await customer('east');
    await writing.query('BEGIN');
    await writing.query(`INSERT INTO orders (id, region, item) VALUES ('${randomUUID()}', 'east', 'not committed')`);
    assert.equal((await state(east)).writers, 1);
    const { fenceDatabase, awaitCaughtUp } = postgresActivities(environment);
    const { result, evidence, predicted } = await inStep(fenceDatabase, east);
    const acts = evidence.filter(({ kind }) => kind === 'change').map(({ call, args }) => ({ call, args }));
    assert.deepEqual(acts, predicted);
    await assert.rejects(writing.query('COMMIT'));
    await assert.rejects(place(await customer('east')), { code: '25006' });
    const fenced = await state(east);
    assert.deepEqual([fenced.fenced, fenced.readOnly, fenced.writers], [true, true, 0]);
    const caught = await inStep(awaitCaughtUp, { ...west, lsn: result.lsn });
    assert.match(caught.result!.replayLsn, /^[0-9A-F]+\/[0-9A-F]+$/);
  });

  it('may fence twice without harm', async () => {
    const reader = await customer('east');
    await inStep(postgresActivities(environment).fenceDatabase, east);
    await assert.rejects(reader.query('SELECT 1'));
    assert.equal((await state(east)).fenced, true);
  });

  it('does not call a database fenced while a role is exempt', async () => {
    const superuser = await superuserOf(databases, 'orders-east');
    await superuser.query('ALTER ROLE shop SET default_transaction_read_only = off');
    const { fenceDatabase } = postgresActivities(environment);
    const { name, message } = await failureOf(inStep(fenceDatabase, east));
    assert.deepEqual([name, message], ['Permanent', '1 roles are exempt from the fence by a setting of their own']);
    await superuser.query('ALTER ROLE shop RESET default_transaction_read_only');
    await superuser.end();
  });

  it('lifts the fence, and leaves no session behind that would refuse to write', async () => {
    const reader = await customer('east');
    const { evidence, predicted } = await inStep(postgresActivities(environment).unfenceDatabase, east);
    assert.deepEqual(
      evidence.filter(({ kind }) => kind === 'change').map(({ call, args }) => ({ call, args })),
      predicted,
    );
    await assert.rejects(reader.query('SELECT 1'));
    await place(await customer('east'));
  });

  it('predicts lifting a fence that simulate did not raise', async () => {
    const { predicted } = await inStep(postgresActivities(environment).unfenceDatabase, east, { mode: 'simulate' });
    assert.equal(predicted[0]!.call, 'ALTER DATABASE "orders" RESET default_transaction_read_only');
  });

  it('finds nothing missing while the standby has everything, and says how far back a loss reaches', async () => {
    await caughtUp();
    const { missingOrders } = postgresActivities(environment);
    const asked = { service: 'shop', region: 'west' };
    const whole = (await inStep(missingOrders, asked)).result;
    assert.deepEqual([whole.count, whole.lostMs, whole.missing], [0, 0, []]);
    const newest = Date.now();
    const at = (seconds: number) => new Date(newest + seconds * 1_000).toISOString();
    receipts = [...receipts.slice(0, 1), { id: randomUUID(), at: at(-5) }, { id: randomUUID(), at: at(-2) }];
    receipts[0]!.at = at(-10);
    const gone = (await inStep(missingOrders, asked)).result;
    assert.deepEqual([gone.acknowledged, gone.count, gone.lostMs, gone.missing], [3, 2, 8_000, receipts.slice(1)]);
  });

  it('counts what was gone before as no loss of a move: only what the database that is left still has can be lost by leaving it', async () => {
    receipts = [];
    const session = await customer('east');
    await place(session);
    await caughtUp();
    receipts.push({ id: randomUUID(), at: new Date().toISOString() });
    databases.setLag(5_000);
    const onlyInEast = await place(session);
    const { missingOrders } = postgresActivities(environment);
    const asked = async (more = {}) => (await inStep(missingOrders, { service: 'shop', region: 'west', ...more })).result.missing;
    assert.equal((await asked()).length, 2);
    assert.deepEqual(
      (await asked({ primary: 'east' })).map(({ id }) => id),
      [onlyInEast],
    );
    databases.setLag(0);
    await caughtUp();
    assert.deepEqual(await asked({ primary: 'east' }), []);
    receipts = [];
  });

  it('measures the loss of a region whose standby was behind, whatever was acknowledged later', async () => {
    receipts = [];
    const session = await customer('east');
    await place(session);
    await caughtUp();
    databases.setLag(5_000);
    const ids = [await place(session), await place(session)];
    lost.add('east');
    await databases.lose('east');
    databases.setLag(0);
    await databases.promote('orders-west');
    await place(await customer('west'));
    const { result } = await inStep(postgresActivities(environment).missingOrders, { service: 'shop', region: 'west' });
    assert.deepEqual(
      result.missing.map(({ id }) => id),
      ids,
    );
    assert.equal(result.lostMs, Date.parse(receipts[2]!.at) - Date.parse(receipts[0]!.at));
  });

  it('refuses to lift a fence beside a database that takes writes', async () => {
    lost.delete('east');
    await databases.heal('east');
    await inStep(postgresActivities(environment).fenceDatabase, east);
    const { name, message } = await failureOf(inStep(postgresActivities(environment).unfenceDatabase, east));
    assert.equal(name, 'RefusedBySafetyRule');
    assert.match(message, /takes writes in west/);
  });
});
