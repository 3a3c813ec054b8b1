import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { RegionName } from '../../src/range/contract.ts';
import { createCluster, type LivingCluster } from '../../src/range/databases/cluster.ts';
import { createDatabaseSecrets } from '../../src/range/databases/postgres-settings.ts';
import { eventually } from '../eventually.ts';

describe('the practice cluster', function () {
  this.timeout(60_000);
  const secrets = createDatabaseSecrets();
  const lost = new Set<RegionName>();
  let folder: string;
  let cluster: LivingCluster;

  const ask = async <Row extends pg.QueryResultRow>(port: number, sql: string): Promise<Row[]> => {
    const session = new pg.Client({ host: '127.0.0.1', port, user: 'muster', password: secrets.owner, database: 'ledger' });
    session.on('error', () => undefined);
    await session.connect();
    try {
      return (await session.query<Row>(sql)).rows;
    } finally {
      await session.end();
    }
  };
  const write = (region: RegionName) => ask(cluster.endpoint(region).port, 'INSERT INTO entries (amount) VALUES (1)');
  const entries = async (name: string) => {
    const { port } = cluster.members().find((member) => member.name === name)!;
    const [row] = await ask<{ count: number; recovering: boolean }>(
      port,
      'SELECT count(*)::int AS count, pg_is_in_recovery() AS recovering FROM entries',
    );
    return row!;
  };
  const writer = () => cluster.members().find((member) => member.writer)!.name;
  const follows = (name: string, count: number) =>
    eventually(
      `${name} to have ${count} entries as a reader`,
      () => entries(name).catch(() => undefined),
      (seen) => seen?.count === count && seen.recovering,
      20_000,
    );

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-cluster-'));
    cluster = await createCluster({ folder, secrets, lost: (region) => lost.has(region) });
  });
  after(async () => {
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('has addresses and no servers before it is asked about', () => {
    assert.deepEqual(
      cluster.members().map(({ name, status }) => `${name} ${status}`),
      ['ledger-east-1 down', 'ledger-east-2 down', 'ledger-west-1 down'],
    );
    assert.notEqual(cluster.endpoint('east').port, cluster.endpoint('west').port);
  });

  it('is built once, with readers that follow the writer, and an endpoint only where the writer is', async () => {
    await Promise.all([cluster.build(), cluster.build()]);
    await write('east');
    await follows('ledger-east-2', 1);
    await follows('ledger-west-1', 1);
    await assert.rejects(write('west'), { code: 'ECONNREFUSED' });
  });

  it('moves the writer inside the region and makes the old one follow', async () => {
    await cluster.moveWriter('ledger-east-2', { loss: false });
    assert.equal(writer(), 'ledger-east-2');
    await write('east');
    await follows('ledger-east-1', 2);
    await follows('ledger-west-1', 2);
  });

  it('moves the writer to the other region without losing a write', async () => {
    await cluster.moveWriter('ledger-west-1', { loss: false });
    await write('west');
    assert.equal((await entries('ledger-west-1')).count, 3);
    await follows('ledger-east-1', 3);
    await follows('ledger-east-2', 3);
    await assert.rejects(write('east'), { code: 'ECONNREFUSED' });
  });

  it('goes on in the other region when the writer’s is lost, and the lost one comes back as a follower', async () => {
    lost.add('west');
    await cluster.lose('west');
    await assert.rejects(cluster.moveWriter('ledger-west-1', { loss: true }), /does not run/);
    await cluster.moveWriter('ledger-east-1', { loss: true });
    await write('east');
    await follows('ledger-east-2', 4);
    lost.delete('west');
    await cluster.heal('west');
    await follows('ledger-west-1', 4);
    assert.equal(writer(), 'ledger-east-1');
  });

  it('does not wait for a reader that was being made anew when the writer is lost', async () => {
    await cluster.moveWriter('ledger-west-1', { loss: false });
    lost.add('west');
    await cluster.lose('west');
    const started = Date.now();
    await cluster.moveWriter('ledger-east-2', { loss: true });
    assert.ok(Date.now() - started < 30_000);
    lost.delete('west');
    await cluster.heal('west');
    await follows('ledger-east-1', 4);
    await follows('ledger-west-1', 4);
  });
});
