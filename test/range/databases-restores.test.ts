import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { RegionName } from '../../src/range/contract.ts';
import { createDatabases, type Databases } from '../../src/range/databases/databases.ts';
import { eventually } from '../eventually.ts';

describe('what is kept of the databases', () => {
  let folder: string;
  let databases: Databases;
  const lost = new Set<RegionName>();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-test-'));
    databases = await createDatabases(folder, (region) => lost.has(region));
    await databases.start();
  });
  after(async () => {
    await databases.stop();
    assert.deepEqual(await readdir(folder), []);
    await rm(folder, { recursive: true });
  });

  async function ask<Row extends pg.QueryResultRow>(instance: string, sql: string): Promise<Row[]> {
    const { port } = databases.database(instance)!;
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'muster', password: databases.secrets.owner, database: 'orders' });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  }
  const place = async (instance: string, item: string) => {
    await ask(instance, `INSERT INTO orders (id, region, item) VALUES ('${randomUUID()}', 'east', '${item}')`);
  };
  const items = async (instance: string) =>
    (await ask<{ item: string }>(instance, 'SELECT item FROM orders ORDER BY placed_at')).map(({ item }) => item);
  /** The database's own clock, at a time that can be restored to by now. */
  const moment = async (instance: string) => {
    const [row] = await ask<{ now: Date }>(instance, 'SELECT clock_timestamp() AS now');
    // The time is rounded down to a millisecond on its way.
    const at = new Date(row!.now.getTime() + 1);
    await eventually(
      'the restore window to reach it',
      () => databases.restoreWindow(instance),
      (window) => window !== undefined && window.latest >= at,
    );
    return at;
  };

  it('is nothing at first: no restore window, no snapshot', async () => {
    assert.equal(databases.restoreWindow('orders-east'), undefined);
    assert.equal(databases.snapshotTakenAt('any'), undefined);
    await assert.rejects(databases.restore('copy', 'east', { snapshot: 'any' }), /has no snapshot any/);
    await assert.rejects(databases.restore('copy', 'east', { source: 'orders-east', at: new Date() }), /no backup from before/);
    assert.equal(databases.database('copy'), undefined);
  });

  it('brings a database back as it was at a time: what was deleted later is there, what was written later is not', async () => {
    await place('orders-east', 'before the backup');
    await databases.takeSnapshot('daily', 'orders-east', 'automated');
    await place('orders-east', 'after the backup');
    const at = await moment('orders-east');
    await ask('orders-east', `DELETE FROM orders WHERE item = 'before the backup'`);
    await place('orders-east', 'too late');

    await databases.restore('orders-then', 'east', { source: 'orders-east', at });
    assert.deepEqual(await items('orders-then'), ['before the backup', 'after the backup']);
    assert.deepEqual(await items('orders-east'), ['after the backup', 'too late']);
    const { role, source } = databases.database('orders-then')!;
    assert.deepEqual([role, source], ['primary', undefined]);
  });

  it('restores up to a time at which nobody wrote, and to the very end of the window', async () => {
    const at = await moment('orders-east');
    await databases.restore('orders-quiet', 'east', { source: 'orders-east', at });
    assert.deepEqual(await items('orders-quiet'), ['after the backup', 'too late']);
    await databases.remove('orders-quiet');
    await databases.restore('orders-quiet', 'east', { source: 'orders-east', at: databases.restoreWindow('orders-east')!.latest });
    await databases.remove('orders-quiet');
  });

  it('restores to the first moment of the window, and not to one before it', async () => {
    const { earliest } = databases.restoreWindow('orders-east')!;
    await databases.restore('orders-first', 'east', { source: 'orders-east', at: earliest });
    assert.deepEqual(await items('orders-first'), ['before the backup']);
    await databases.remove('orders-first');
    const before = new Date(earliest.getTime() - 1);
    await assert.rejects(databases.restore('orders-first', 'east', { source: 'orders-east', at: before }), /no backup from before/);
  });

  it('restores what was itself restored, on its own line of history', async () => {
    await databases.takeSnapshot('of the restored', 'orders-then', 'automated');
    await place('orders-then', 'on the new line');
    const at = await moment('orders-then');
    await place('orders-then', 'later still');
    await databases.restore('orders-again', 'east', { source: 'orders-then', at });
    assert.deepEqual(await items('orders-again'), ['before the backup', 'after the backup', 'on the new line']);
    await databases.remove('orders-again');
    await databases.remove('orders-then');
    assert.equal(databases.snapshotTakenAt('of the restored'), undefined);
  });

  it('stays with an instance through a rename and through the loss of its region', async () => {
    await databases.rename('orders-east', 'orders-aside');
    lost.add('east');
    await databases.lose('east');
    assert.equal(databases.restoreWindow('orders-aside'), undefined);
    lost.delete('east');
    await databases.heal('east');
    const at = await moment('orders-aside');
    await databases.restore('orders-then', 'east', { source: 'orders-aside', at });
    assert.deepEqual(await items('orders-then'), ['after the backup', 'too late']);
    await databases.remove('orders-then');
    await databases.rename('orders-aside', 'orders-east');
  });

  it('starts a database from a snapshot, also of a standby, and from a copy whose first is gone', async () => {
    await databases.takeSnapshot('manual', 'orders-east', 'manual');
    await place('orders-east', 'after the snapshot');
    await databases.copySnapshot('copy in the west', 'manual');
    await databases.dropSnapshot('manual');
    await databases.restore('orders-copy', 'west', { snapshot: 'copy in the west' });
    assert.deepEqual(await items('orders-copy'), ['after the backup', 'too late']);
    await databases.remove('orders-copy');

    await eventually(
      'the standby to have it all',
      () => items('orders-west'),
      (found) => found.includes('after the snapshot'),
    );
    await databases.takeSnapshot('of the standby', 'orders-west', 'manual');
    await databases.restore('orders-copy', 'west', { snapshot: 'of the standby' });
    assert.deepEqual(await items('orders-copy'), ['after the backup', 'too late', 'after the snapshot']);
    await place('orders-copy', 'it takes writes');
    await databases.remove('orders-copy');
  });

  it('keeps a database stopped until somebody starts it, and its restore window as it was', async () => {
    await databases.restore('orders-resting', 'west', { snapshot: 'of the standby' });
    await databases.takeSnapshot('before the rest', 'orders-resting', 'automated');
    await place('orders-resting', 'the last');
    await databases.halt('orders-resting');
    const { latest } = databases.restoreWindow('orders-resting')!;
    await databases.heal('west');
    assert.equal(databases.database('orders-resting')!.running, false);
    await databases.restore('orders-of-the-resting', 'west', { source: 'orders-resting', at: latest });
    assert.equal((await items('orders-of-the-resting')).at(-1), 'the last');
    await databases.resume('orders-resting');
    assert.equal((await items('orders-resting')).at(-1), 'the last');
  });
});
