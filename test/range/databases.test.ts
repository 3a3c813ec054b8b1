import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { RegionName } from '../../src/range/contract.ts';
import { createDatabases, type Databases } from '../../src/range/databases/databases.ts';
import { eventually } from '../eventually.ts';
import { superuserOf } from './superuser.ts';

describe('the databases', () => {
  let folder: string;
  let databases: Databases;
  const lost = new Set<RegionName>();

  beforeEach(async () => {
    lost.clear();
    folder = await mkdtemp(join(tmpdir(), 'muster-test-'));
    databases = await createDatabases(folder, (region) => lost.has(region));
    await databases.start();
  });
  afterEach(async () => {
    await databases.stop();
    assert.deepEqual(await readdir(folder), []);
    await rm(folder, { recursive: true });
  });

  async function lose(region: RegionName): Promise<void> {
    lost.add(region);
    await databases.lose(region);
  }

  async function heal(region: RegionName): Promise<void> {
    lost.delete(region);
    await databases.heal(region);
  }

  async function connect(instance: string, user: 'shop' | 'muster' = 'shop'): Promise<pg.Client> {
    const { secrets } = databases;
    const { port } = databases.database(instance)!;
    const password = user === 'shop' ? secrets.shop : secrets.owner;
    const client = new pg.Client({ host: '127.0.0.1', port, user, password, database: 'orders', connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  async function ask<Row extends pg.QueryResultRow>(instance: string, sql: string, user: 'shop' | 'muster' = 'shop'): Promise<Row[]> {
    const client = await connect(instance, user);
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  const place = (id = randomUUID()) => `INSERT INTO orders (id, region, item) VALUES ('${id}', 'east', 'a rope')`;
  const ids = async (instance: string) =>
    (await ask<{ id: string }>(instance, 'SELECT id FROM orders ORDER BY placed_at')).map(({ id }) => id);
  const hasOrders = (instance: string, count: number) =>
    eventually(
      `${count} orders in ${instance}`,
      () => ids(instance),
      (found) => found.length === count,
    );

  it('stream from the primary to the replica, which takes no writes', async () => {
    await ask('orders-east', place());
    await hasOrders('orders-west', 1);
    await assert.rejects(ask('orders-west', place()), /read-only transaction/);
    await eventually(
      'no lag',
      () => databases.refresh().then(() => databases.lagMs()),
      (lag) => lag === 0,
    );
    assert.deepEqual([databases.role('east'), databases.role('west')], ['primary', 'replica']);
  });

  it('make the replica a primary that takes writes on the same port', async () => {
    const { port } = databases.database('orders-west')!;
    await databases.promote('orders-west');
    const { role, source, port: portNow } = databases.database('orders-west')!;
    assert.deepEqual([role, source, portNow], ['primary', undefined, port]);
    await ask('orders-west', place());
    await databases.promote('orders-west');
    assert.equal((await ids('orders-west')).length, 1);
  });

  it('lose exactly the acknowledged writes that are younger than the lag when the region is lost', async () => {
    const lagMs = 1_000;
    databases.setLag(lagMs);
    const acknowledged: { id: string; at: number }[] = [];
    const customer = await connect('orders-east');
    const until = Date.now() + 2.5 * lagMs;
    while (Date.now() < until) {
      const id = randomUUID();
      await customer.query(place(id));
      acknowledged.push({ id, at: Date.now() });
      await customer.query('SELECT pg_sleep(0.02)');
    }
    await databases.refresh();
    const shownLag = databases.lagMs();
    const lostAt = Date.now();
    await lose('east');
    await databases.promote('orders-west');

    const survived = await ids('orders-west');
    assert.deepEqual(
      survived,
      acknowledged.slice(0, survived.length).map(({ id }) => id),
      'what survived is all that was written up to a moment',
    );
    const ages = acknowledged.slice(survived.length).map(({ at }) => lostAt - at);
    const youngestSurvivor = lostAt - acknowledged[survived.length - 1]!.at;
    // A write is acknowledged some milliseconds before or after its bytes leave, and the machine may be busy.
    assert.ok(Math.max(...ages) <= lagMs + 150, `an order of ${Math.max(...ages)} ms is lost`);
    assert.ok(youngestSurvivor >= lagMs - 150, `an order of ${youngestSurvivor} ms survived`);
    assert.ok(shownLag !== null && Math.abs(shownLag - lagMs) < 300, `the lag shown was ${shownLag} ms`);
    await customer.end().catch(() => undefined);
  });

  it('bring a lost primary back as it was: taking writes beside the new one', async () => {
    await ask('orders-east', place());
    await hasOrders('orders-west', 1);
    await lose('east');
    assert.equal(databases.role('east'), 'down');
    await assert.rejects(ask('orders-east', 'SELECT 1'), /ECONNREFUSED/);
    await databases.promote('orders-west');
    await heal('east');
    await ask('orders-east', place());
    await databases.refresh();
    assert.deepEqual([databases.role('east'), databases.role('west')], ['primary', 'primary']);
    assert.equal((await ids('orders-west')).length, 1);
  });

  it('let a replica that was cut off catch up, and do not know its lag meanwhile', async () => {
    await lose('west');
    await ask('orders-east', place());
    await databases.refresh();
    assert.deepEqual([databases.role('west'), databases.lagMs()], ['down', null]);
    await heal('west');
    await hasOrders('orders-west', 1);
    await lose('east');
    await databases.refresh();
    assert.equal(databases.lagMs(), null);
  });

  it('build a replica in reverse under the old name and address, beside the data that were set aside', async () => {
    const { port } = databases.database('orders-east')!;
    await lose('east');
    await databases.promote('orders-west');
    await ask('orders-west', place());
    await heal('east');
    await databases.rename('orders-east', 'orders-east-aside');
    await databases.createReplica('orders-east', 'east', 'orders-west');
    const { role, source, port: portNow } = databases.database('orders-east')!;
    assert.deepEqual([role, source, portNow], ['replica', 'orders-west', port]);
    await ask('orders-west', place());
    await hasOrders('orders-east', 2);
    assert.deepEqual(await ids('orders-east-aside'), []);
    await databases.remove('orders-east-aside');
    assert.equal(databases.database('orders-east-aside'), undefined);
  });

  it('archive their log', async () => {
    const superuser = await superuserOf(databases, 'orders-east');
    const { rows } = await superuser.query<{ file: string }>('SELECT pg_walfile_name(pg_switch_wal()) AS file');
    await superuser.end();
    await eventually(
      'the segment in the archive',
      () => readdir(join(folder, 'postgres', 'server-1', 'archive')),
      (files) => files.includes(rows[0]!.file),
    );
  });

  it('tell when the primary is fenced', async () => {
    await ask('orders-east', 'ALTER DATABASE orders SET default_transaction_read_only = on', 'muster');
    await databases.refresh();
    assert.equal(databases.role('east'), 'fenced');
    await assert.rejects(ask('orders-east', place()), /read-only transaction/);
  });

  it('refuse what cannot be', async () => {
    await assert.rejects(databases.promote('orders-north'), /the range has no database orders-north/);
    await assert.rejects(databases.createReplica('orders-west', 'west', 'orders-east'), /already has a database orders-west/);
    await assert.rejects(databases.createReplica('orders-third', 'east', 'orders-west'), /orders-west is a replica itself/);
    await assert.rejects(databases.rename('orders-east', 'orders-west'), /already has a database orders-west/);
    await lose('west');
    await assert.rejects(databases.promote('orders-west'), /the database orders-west does not run/);
  });
});
