import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { incidentVerificationActivities } from '../../src/activities/incident/verification.ts';
import type { Environment } from '../../src/config/environment.ts';
import type { RegionName } from '../../src/range/contract.ts';
import { createDatabases, type Databases } from '../../src/range/databases/databases.ts';
import type { VerificationLook } from '../../src/workflows/incident/policy.ts';
import { superuserOf } from '../range/superuser.ts';
import { environmentWith } from './environment.ts';
import { inStep } from './in-step.ts';
import { deadUrl, smallServer, smallServers } from './small-server.ts';

const ask = async (environment: Environment, look: VerificationLook, alertsCleared: boolean | null = null) => {
  const line = { name: 'a line', kind: 'availability', stability: true, look } as const;
  const { result } = await inStep(incidentVerificationActivities(environment).verifyLine, { line, alertsCleared });
  return [result.verdict, result.detail] as const;
};

describe('a line of the verification', () => {
  const server = smallServers();

  describe('over HTTP', () => {
    it('is good when the answer is, and bad when it is not, or when nobody answers', async () => {
      const { url } = await server(({ path }) => ({ status: path === '/health' ? 200 : 503 }));
      const environment = environmentWith({});
      assert.equal((await ask(environment, { by: 'http', url: `${url}/health` }))[0], 'good');
      const [verdict, detail] = await ask(environment, { by: 'http', url: `${url}/other` });
      assert.deepEqual([verdict, /\/other answered 503 in \d+ ms$/.test(detail)], ['bad', true]);
      const dead = await deadUrl();
      const [none, why] = await ask(environment, { by: 'http', url: dead });
      assert.deepEqual([none, why.startsWith(`${dead} gives no answer: `)], ['bad', true]);
    });

    it('is bad when it is slower than it may be', async () => {
      const slow = await smallServer(async () => {
        await delay(30);
        return { status: 200 };
      });
      try {
        const [verdict, detail] = await ask(environmentWith({}), { by: 'http', url: slow.url, fasterThanMs: 10 });
        assert.match(`${verdict}: ${detail}`, /^bad: .* answered 200 in \d+ ms; at most 10 ms were expected$/);
        assert.equal((await ask(environmentWith({}), { by: 'http', url: slow.url, fasterThanMs: 60_000 }))[0], 'good');
      } finally {
        await slow.stop();
      }
    });

    it('cannot be told when the variable that holds its address is not set', async () => {
      const [verdict, detail] = await ask(environmentWith({}), { by: 'http', url: 'env:MUSTER_NOBODY_SETS_THIS' });
      assert.deepEqual([verdict, /MUSTER_NOBODY_SETS_THIS is not set/.test(detail)], ['unknown', true]);
    });
  });

  describe('from Prometheus', () => {
    const series = (...values: string[]) => ({
      status: 'success',
      data: { resultType: 'vector', result: values.map((value, index) => ({ metric: { i: `${index}` }, value: [1_773_478_800, value] })) },
    });
    const reading = async (body: unknown, status = 200) => {
      const { url } = await server(() => ({ status, body }));
      const environment = environmentWith({});
      environment.incidents!.prometheus = url;
      return ask(environment, { by: 'prometheus', query: 'error_rate', below: 0.05 });
    };

    it('is held against its limits', async () => {
      assert.deepEqual(await reading(series('0.01')), ['good', 'error_rate is 0.01; expected below 0.05']);
      assert.deepEqual(await reading(series('0.05')), ['bad', 'error_rate is 0.05; expected below 0.05']);
      assert.deepEqual(await reading({ status: 'success', data: { resultType: 'scalar', result: [1, '0'] } }), [
        'good',
        'error_rate is 0; expected below 0.05',
      ]);
    });

    it('cannot be told when no series answers, several do, or the value is none', async () => {
      assert.deepEqual(await reading(series()), ['unknown', 'no series answers: error_rate']);
      assert.deepEqual(await reading(series('0.01', '0.02')), ['unknown', '2 series answer, and one was expected: error_rate']);
      assert.deepEqual(await reading(series('NaN')), ['unknown', 'the value is NaN: error_rate']);
      assert.deepEqual(await reading(series('+Inf')), ['unknown', 'the value is +Inf: error_rate']);
      assert.equal((await reading({ status: 'success', data: { resultType: 'string', result: [1, 'up'] } }))[0], 'unknown');
    });

    it('cannot be told when Prometheus refuses the query, says something else, or is not there', async () => {
      assert.deepEqual(await reading({ status: 'error', errorType: 'bad_data', error: 'parse error at 3' }, 400), [
        'unknown',
        'cannot tell: Prometheus refuses the query: parse error at 3',
      ]);
      assert.match((await reading('<html>a login page</html>'))[1], /^cannot tell: the answer is not JSON/);
      assert.match((await reading({ status: 'success', data: {} }))[1], /something else than a result/);
      const environment = environmentWith({});
      environment.incidents!.prometheus = await deadUrl();
      const query: VerificationLook = { by: 'prometheus', query: 'up', above: 0 };
      assert.equal((await ask(environment, query))[0], 'unknown');
      delete environment.incidents!.prometheus;
      assert.match((await ask(environment, query))[1], /does not say where its Prometheus is/);
    });
  });

  it('of the alerts is good when all are cleared, bad when one fires, and cannot be told when there never was one', async () => {
    const environment = environmentWith({});
    assert.equal((await ask(environment, { by: 'alerts' }, true))[0], 'good');
    assert.equal((await ask(environment, { by: 'alerts' }, false))[0], 'bad');
    assert.equal((await ask(environment, { by: 'alerts' }))[0], 'unknown');
  });

  it('for a person asks the person', async () => {
    assert.deepEqual(await ask(environmentWith({}), { by: 'person', question: 'Can you order a rope?' }), [
      'unknown',
      'a person must tell: Can you order a rope?',
    ]);
  });

  describe('of the data', () => {
    const look: VerificationLook = { by: 'database', database: 'orders' };
    const lost = new Set<RegionName>();
    let folder: string;
    let databases: Databases;
    let environment: Environment;

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'muster-verification-'));
      databases = await createDatabases(folder, (region) => lost.has(region));
      await databases.start();
      const url = (region: RegionName) =>
        `postgres://muster:${databases.secrets.owner}@127.0.0.1:${databases.database(`orders-${region}`)!.port}/orders`;
      environment = environmentWith({ PG_EAST: url('east'), PG_WEST: url('west') });
    });
    after(async () => {
      await databases?.stop();
      await rm(folder, { recursive: true, force: true });
    });
    const asShop = async (statement: string) => {
      const { port } = databases.database('orders-east')!;
      const session = new pg.Client({ host: '127.0.0.1', port, user: 'shop', password: databases.secrets.shop, database: 'orders' });
      await session.connect();
      await session.query(statement).finally(() => session.end());
    };
    const asSuperuser = async (instance: string, statement: string) => {
      const session = await superuserOf(databases, instance);
      await session.query(statement).finally(() => session.end());
    };

    it('asks the primary the questions of the environment, and is good when every answer is as it must be', async () => {
      assert.deepEqual(await ask(environment, look), [
        'good',
        'orders in east: every order has at least one line; no line without its order',
      ]);
    });

    it('is bad when an answer is another, and says which', async () => {
      await asShop(`INSERT INTO orders (id, region, item) VALUES ('00000000-0000-4000-8000-000000000001', 'east', 'a rope')`);
      assert.deepEqual(await ask(environment, look), ['bad', 'orders in east: every order has at least one line: 1 instead of 0']);
      await asShop(`INSERT INTO order_lines VALUES ('00000000-0000-4000-8000-000000000001', 'a rope', 1)`);
    });

    it('cannot be told when only a standby answers, or nothing is asked of the data', async () => {
      const standby = structuredClone(environment);
      standby.databases['orders']!.regions['east']!.connection = 'env:MUSTER_NOBODY_SETS_THIS';
      const [verdict, detail] = await ask(standby, look);
      assert.match(`${verdict}: ${detail}`, /^unknown: no primary of orders answers: east: .*is not set/);
      standby.databases['orders']!.integrity = [];
      assert.deepEqual(await ask(standby, look), ['unknown', 'the environment asks nothing of the data of orders']);
    });

    it('is bad when two copies take writes; of a fenced one nothing is asked', async () => {
      await asSuperuser('orders-west', 'SELECT pg_promote()');
      assert.deepEqual(await ask(environment, look), ['bad', 'orders has more than one primary that takes writes: east and west']);
      await asSuperuser('orders-east', 'ALTER DATABASE orders SET default_transaction_read_only = on');
      const [verdict, detail] = await ask(environment, look);
      assert.match(`${verdict}: ${detail}`, /^good: orders in west: /);
    });
  });
});
