import assert from 'node:assert/strict';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { redisActivities } from '../../src/activities/redis/redis.ts';
import type { Environment } from '../../src/config/environment.ts';
import { environmentWith } from '../activities/environment.ts';
import { failureOf, inStep } from '../activities/in-step.ts';
import { deadUrl } from '../activities/small-server.ts';
import { eventually } from '../eventually.ts';
import { orSkip } from './or-skip.ts';
import { redisProgram, startRedis, type RedisServer } from './redis-server.ts';
import { rigFolder } from './rig-folder.ts';

describe('a real Redis', function () {
  let folder: string;
  let program: string[];
  let redis: RedisServer;
  let servers: RedisServer[] = [];
  let guests: Redis[] = [];

  before(async function () {
    program = await orSkip(this, redisProgram);
    folder = await rigFolder('redis');
  });
  beforeEach(async () => void (redis = await start()));
  afterEach(async () => {
    for (const guest of guests) guest.disconnect();
    await Promise.all(servers.map((server) => server.stop()));
    [servers, guests] = [[], []];
  });
  after(async () => {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  async function start(...more: string[]): Promise<RedisServer> {
    const own = join(folder, String(servers.length));
    await mkdir(own, { recursive: true });
    const server = await startRedis(program, own, more);
    servers.push(server);
    return server;
  }
  const guest = (name: string) => {
    const client = new Redis(redis.url, { connectionName: name, retryStrategy: () => null });
    client.on('error', () => undefined);
    guests.push(client);
    return client;
  };
  const environment = (more: object = {}, url = redis.url): Environment => ({
    ...environmentWith({}),
    caches: { sessions: { url, regions: {}, ...more } },
  });
  const ask = (more: object = {}, url = redis.url) => inStep(redisActivities(environment(more, url)).readRedis, { cache: 'sessions' });
  const look = async (more: object = {}, url = redis.url) => (await ask(more, url)).result;

  it('says how it is, and never a key or a value', async () => {
    await redis.admin.set('canary-key', 'canary-value');
    const { result, evidence } = await ask();
    assert.deepEqual(
      [result.answers, result.problem, result.role, result.maxMemory, result.policy, result.lastSaveOk, result.replicas],
      [true, null, 'master', null, 'noeviction', true, 0],
    );
    assert.ok(result.usedMemory! > 100_000 && result.maxClients! > 100 && result.upSeconds! >= 0);
    assert.deepEqual(
      evidence.map(({ tool, call, kind, ok }) => [tool, call, kind, ok]),
      ['connect', 'PING', 'CLIENT SETNAME muster', 'INFO', 'CLIENT LIST'].map((call) => ['redis', call, 'read', true]),
    );
    assert.doesNotMatch(JSON.stringify([result, evidence]), /canary/);
  });

  it('says who is connected and who waits', async () => {
    const waiter = guest('worker');
    guest('worker');
    void waiter.blpop('nothing', 30).catch(() => undefined);
    const seen = await eventually('the worker to wait', look, ({ blocked, clients }) => blocked === 1 && clients === 4);
    assert.deepEqual(seen.byClient![0], { client: 'worker', count: 2 });
    assert.deepEqual(seen.byClient!.map(({ client }) => client).sort(), ['admin', 'muster', 'worker']);
  });

  it('shows a memory that is full, and what was given up for room', async () => {
    await redis.admin.config('SET', 'maxmemory', '3mb');
    const fill = async () => {
      for (let index = 0; index < 40; index++) await redis.admin.set(`filler-${index}`, 'x'.repeat(100_000));
    };
    await assert.rejects(fill(), /OOM/);
    const full = await look();
    assert.deepEqual([full.maxMemory, full.policy, full.evicted, full.answers], [3 * 1024 * 1024, 'noeviction', 0, true]);
    assert.ok(full.usedMemory! > 0.9 * full.maxMemory!);
    await redis.admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await fill();
    const evicting = await look();
    assert.ok(evicting.evicted! > 0 && evicting.policy === 'allkeys-lru');
  });

  it('signs in with a password by reference, and says when it is missing or wrong without telling it', async () => {
    await redis.admin.config('SET', 'requirepass', 'canary-password');
    process.env['MUSTER_RIG_REDIS'] = 'canary-password';
    process.env['MUSTER_RIG_REDIS_WRONG'] = 'canary-wrong';
    try {
      const right = await ask({ password: 'env:MUSTER_RIG_REDIS' });
      const wrong = await ask({ password: 'env:MUSTER_RIG_REDIS_WRONG' });
      const missing = await ask();
      assert.deepEqual(
        [right, wrong, missing].map(({ result }) => [result.answers, result.problem]),
        [
          [true, null],
          [false, 'refused'],
          [false, 'refused'],
        ],
      );
      assert.doesNotMatch(JSON.stringify([right, wrong, missing]), /canary/);
    } finally {
      delete process.env['MUSTER_RIG_REDIS'];
      delete process.env['MUSTER_RIG_REDIS_WRONG'];
    }
  });

  it('says when no connection is left', async () => {
    await redis.admin.config('SET', 'maxclients', '2');
    await guest('last').ping();
    const { answers, problem } = await look();
    assert.deepEqual([answers, problem], [false, 'full']);
  });

  it('says when the last save failed', async () => {
    await redis.admin.config('SET', 'dir', '/proc');
    await redis.admin.bgsave().catch(() => undefined);
    await eventually('the save to fail', look, ({ lastSaveOk }) => lastSaveOk === false);
  });

  it('tells a replica, whether it hears from its master, and how far it is behind', async () => {
    const replica = await start('--replicaof', '127.0.0.1', String(redis.port));
    await redis.admin.set('a', 'b');
    const followed = await eventually(
      'the replica to be known',
      look,
      ({ replicas, replicaLagBytes }) => replicas === 1 && replicaLagBytes !== null,
    );
    assert.equal(followed.role, 'master');
    const seen = await eventually(
      'the link',
      () => look({}, replica.url),
      ({ linkUp }) => linkUp === true,
    );
    assert.deepEqual([seen.role, seen.replicaLagBytes], ['replica', 0]);
    await redis.stop();
    await eventually(
      'the link to break',
      () => look({}, replica.url),
      ({ linkUp, role }) => role === 'replica' && linkUp === false,
    );
  });

  it('says in bounded time that nothing answers, when it hangs as when it is gone', async () => {
    process.kill(redis.pid, 'SIGSTOP');
    const started = performance.now();
    const hung = await look();
    process.kill(redis.pid, 'SIGCONT');
    assert.ok(performance.now() - started < 8_000);
    await redis.stop();
    const gone = await look();
    const nowhere = await look({}, (await deadUrl()).replace('http', 'redis'));
    for (const { answers, problem, usedMemory } of [hung, gone, nowhere])
      assert.deepEqual([answers, problem, usedMemory], [false, 'unreachable', null]);
    assert.match(gone.detail, /it does not answer: .*ECONNREFUSED/);
  });

  it('refuses a cache that the environment does not name', async () => {
    const { name, message } = await failureOf(inStep(redisActivities(environment()).readRedis, { cache: '--all' }));
    assert.deepEqual([name, message], ['InvalidInput', 'this environment has no cache "--all"; it has: sessions']);
  });
});
