import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { postgresActivities } from '../../src/activities/postgres/server.ts';
import type { Environment } from '../../src/config/environment.ts';
import { createDatabases, type Databases } from '../../src/range/databases/databases.ts';
import { eventually } from '../eventually.ts';
import { environmentWith } from './environment.ts';
import { failureOf, inStep } from './in-step.ts';

const east = { database: 'orders', region: 'east' };
const west = { database: 'orders', region: 'west' };

describe('the fence of a PostgreSQL that does not obey in everything', () => {
  let folder: string;
  let databases: Databases;
  let environment: Environment;
  let superuser: pg.Client;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-fence-'));
    databases = await createDatabases(folder, () => false);
    await databases.start();
    const url = (region: string) =>
      `postgres://muster:${databases.secrets.owner}@127.0.0.1:${databases.database(`orders-${region}`)!.port}/orders`;
    environment = environmentWith({ PG_EAST: url('east'), PG_WEST: url('west') });
    superuser = await session('postgres', databases.secrets.superuser);
  });
  after(async () => {
    await superuser?.end().catch(() => undefined);
    await databases?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const session = async (user: string, password?: string) => {
    const { port } = databases.database('orders-east')!;
    const client = new pg.Client({ host: '127.0.0.1', port, user, ...(password ? { password } : {}), database: 'orders' });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };

  it('ends every session that it may, and names the one that it may not, beside what is closed already', async () => {
    const customer = await session('shop', databases.secrets.shop);
    const { name, message } = await failureOf(inStep(postgresActivities(environment).fenceDatabase, east));
    assert.equal(name, 'Permanent');
    assert.match(
      message,
      /is read-only for new sessions now, but 1 of before may still write and cannot be ended by us: postgres \(pid \d+\)/,
    );
    await assert.rejects(customer.query('SELECT 1'));
  });

  it('is lifted all the same, and says who stays read-only', async () => {
    const { evidence } = await inStep(postgresActivities(environment).unfenceDatabase, east);
    assert.ok(evidence.some(({ call, outcome }) => call === 'sessions that stay read-only' && /postgres/.test(outcome)));
    const customer = await session('shop', databases.secrets.shop);
    await customer.query('CREATE TEMPORARY TABLE t ()');
    await customer.end();
  });

  it('leaves the sessions of the provider alone', async () => {
    await superuser.query(`CREATE ROLE rdsadmin SUPERUSER LOGIN PASSWORD 'provider'`);
    const provider = await session('rdsadmin', 'provider');
    await superuser.end();
    const { result } = await inStep(postgresActivities(environment).fenceDatabase, east);
    assert.match(result.lsn, /\//);
    await provider.query('SELECT 1');
    await inStep(postgresActivities(environment).unfenceDatabase, east);
    await provider.end();
  });

  it('a standby that has replayed all that it received, and whose receiver streams, does not lag while nobody writes', async () => {
    const { replicationState } = postgresActivities(environment);
    const seen = await eventually(
      'the standby to stream',
      async () => (await inStep(replicationState, west)).result,
      ({ receiver }) => receiver === 'streaming',
    );
    assert.ok(seen.lagMs !== null && seen.lagMs < 100, `${seen.lagMs}`);
    assert.equal((await inStep(replicationState, east)).result.receiver, null);
  });

  it('a standby that nothing brings the log to says so', async () => {
    await databases.lose('east');
    const seen = await eventually(
      'the receiver to be gone',
      async () => (await inStep(postgresActivities(environment).replicationState, west)).result,
      ({ receiver }) => receiver === 'none',
    );
    assert.equal(seen.reachable, true);
  });
});
