import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { slackActivities } from '../../src/activities/messages/slack.ts';
import { readAlerts } from '../../src/activities/prometheus/alerts.ts';
import { askNumber } from '../../src/activities/prometheus/queries.ts';
import { readRedisState } from '../../src/activities/redis/state.ts';
import { read } from '../../src/activities/kit/kinds.ts';
import { findMissing } from '../../src/activities/postgres/receipts.ts';
import { surroundings } from '../../src/activities/kit/run-command.ts';
import { unitName } from '../../src/activities/host/commands.ts';
import type { Environment } from '../../src/config/environment.ts';
import { isShortOfMemory } from '../../src/workflows/procedures/service/remedies.ts';
import { environmentWith } from './environment.ts';
import { inStep } from './in-step.ts';
import { smallServers } from './small-server.ts';

describe('tools, by what people met in the field', () => {
  const serve = smallServers();
  const here = async <T>(work: () => Promise<T>): Promise<T> => (await inStep(read(work), undefined)).result;

  describe('what nobody counts', () => {
    it('is no number: customers without receipts have no count of lost orders', async () => {
      const environment = environmentWith({});
      delete environment.services['shop']!.customers.acknowledged;
      const found = await here(() => findMissing(environment, { service: 'shop', region: 'west' }));
      assert.deepEqual(found, { acknowledged: null, missing: [], count: null, lostMs: null });
    });
    it('is no number: a database without a ledger has none either', async () => {
      const environment = environmentWith({});
      delete environment.databases['orders']!.ledger;
      assert.equal((await here(() => findMissing(environment, { service: 'shop', region: 'west' }))).count, null);
    });
  });

  describe('a partial answer of Prometheus', () => {
    const warnings = ['No StoreAPIs matched for this query'];
    const withPrometheus = (url: string): Environment => {
      const environment = environmentWith({ PROMETHEUS: url });
      environment.incidents!.prometheus = url;
      return environment;
    };
    it('is no number', async () => {
      const data = { resultType: 'vector', result: [{ metric: {}, value: [1, '0.001'] }] };
      const { url } = await serve(() => ({ status: 200, body: { status: 'success', data, warnings } }));
      const answer = await here(() => askNumber(withPrometheus(url), 'up'));
      assert.deepEqual(answer, { none: 'a partial answer: No StoreAPIs matched for this query' });
    });
    it('is not told as all alerts that there are', async () => {
      const { url } = await serve(() => ({ status: 200, body: { status: 'success', data: { alerts: [] }, warnings } }));
      const { detail } = await here(() => readAlerts(withPrometheus(url), 'shop'));
      assert.match(detail, /a partial answer/);
    });
  });

  describe('a Redis that refuses one question', () => {
    const servers: Server[] = [];
    afterEach(() => void servers.splice(0).forEach((server) => server.close()));
    const redis = async (answers: Record<string, string>) => {
      const server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.on('data', (chunk) => {
          const words = chunk.toString().toUpperCase();
          const said = Object.entries(answers).find(([name]) => words.includes(name))?.[1] ?? '+OK';
          socket.write(`${said}\r\n`);
        });
      });
      servers.push(server);
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      const environment = environmentWith({});
      environment.caches = { main: { url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`, regions: {} } };
      return here(() => readRedisState(environment, { cache: 'main' }));
    };
    const info = '# Server\r\nrole:master\r\nused_memory:10\r\n';
    const bulk = `$${info.length}\r\n${info}`;
    for (const words of ["-NOPERM this user has no permissions to run the 'client|setname' command", "-ERR unknown command 'CLIENT'"])
      it(`answers although it lets nobody give a name: ${words.slice(0, 24)}`, async () => {
        const seen = await redis({ PING: '+PONG', SETNAME: words, LIST: words, INFO: bulk });
        assert.deepEqual([seen.answers, seen.role, seen.byClient], [true, 'master', null]);
      });
    it('answers although it does not tell how it is', async () => {
      const seen = await redis({ PING: '+PONG', INFO: "-NOPERM this user has no permissions to run the 'info' command" });
      assert.deepEqual([seen.answers, seen.usedMemory], [true, null]);
      assert.match(seen.detail, /does not tell how it is/);
    });
    it('does not answer when it takes no password of ours', async () => {
      assert.equal((await redis({ PING: '-NOAUTH Authentication required.' })).answers, false);
    });
  });

  it('a text for Slack rings nobody, whoever sends it', async () => {
    const { url, asked } = await serve(() => ({ status: 200, body: { ok: true } }));
    const environment = environmentWith({ SLACK: url });
    environment.notify.slack!.url = url;
    process.env['MUSTER_FIELD_TEST_TOKEN'] = 'xoxb-field-test';
    environment.notify.slack!.token = 'env:MUSTER_FIELD_TEST_TOKEN';
    await inStep(slackActivities(environment).notifySlack, { text: 'x & <!channel>' });
    assert.equal((asked[0]!.body as { text: string }).text, 'x &amp; &lt;!channel&gt;');
  });

  it('names of units may hold what systemd-escape writes, and nothing that is an option', () => {
    for (const name of ['srv-data\\x2dapi.service', 'shop@srv-my\\x2dapp.service']) assert.equal(unitName(name), name);
    assert.throws(() => unitName('--all.service'));
  });

  it('a program gets those of our variables that are named, and no other', () => {
    process.env['AWS_PROFILE'] = 'prod';
    process.env['MUSTER_SECRET_OF_OURS'] = 'x';
    assert.deepEqual(surroundings(['AWS_PROFILE', 'NOT_SET']), { AWS_PROFILE: 'prod' });
    delete process.env['AWS_PROFILE'];
    delete process.env['MUSTER_SECRET_OF_OURS'];
  });

  it('an end with 137 alone does not say that memory was short', () => {
    const copy = (trouble: 'memory' | 'crashing') => ({ trouble, lastEnd: { code: 137, reason: 'Error', at: null } }) as never;
    assert.deepEqual([isShortOfMemory(copy('crashing')), isShortOfMemory(copy('memory'))], [false, true]);
  });
});
