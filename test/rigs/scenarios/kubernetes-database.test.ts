import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { startDatabase, type DatabaseBehindADoor } from './database.ts';
import { asks, ended, follow, play, start, undo } from './follow.ts';
import { digestOf } from '../kubernetes/cluster.ts';
import { endedAs, kubernetesShop, namespace } from './kubernetes-shop.ts';

const lookEveryMs = 100;

describe('a database on Kubernetes that nobody reaches', function () {
  this.timeout(150_000);
  let database: DatabaseBehindADoor;
  let watched = false;
  let door = Promise.resolve();
  const shop = kubernetesShop({}, async ({ cluster, front }) => {
    database = await startDatabase('127.0.0.1');
    process.env['SHOP_DATABASE'] = database.connection;
    const place = { kubernetes: { context: cluster.context, namespace, deployment: 'orders' }, url: front.url, fullCapacity: 1 };
    const orders = {
      ...{ title: 'The database of the shop', regions: { east: place }, customers: { url: front.url } },
      vantagePoints: ['control room', 'another pod'].map((name) => ({ name, url: front.url })),
    };
    return {
      more: { database: 'orders' },
      databases: { orders: { engine: 'postgres', regions: { east: { connection: 'env:SHOP_DATABASE' } }, runsAs: 'orders' } },
      services: { orders },
    };
  });
  const { estate } = shop;
  const restart = 'Restart orders in east once?';
  const take = 'Point the Service orders at nothing, so that nobody reaches orders in east?';
  const handOver = 'nothing that this runbook knows has helped';

  interface Endpoints {
    subsets?: { addresses?: object[] }[];
  }
  /** By the cluster's own account: a pod that is ready gets the requests of the Service. */
  const isServed = async () => {
    const { subsets = [] } = await shop.cluster.ask<Endpoints>(`/api/v1/namespaces/${namespace}/endpoints/orders`);
    return subsets.some(({ addresses = [] }) => addresses.length > 0);
  };
  const selector = async () =>
    (await shop.cluster.ask<{ spec: { selector: object } }>(`/api/v1/namespaces/${namespace}/services/orders`)).spec.selector;
  const answers = async () => {
    const client = new pg.Client({ connectionString: database.connection, connectionTimeoutMillis: 1_000 });
    try {
      await client.connect();
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  };
  /** The door is what the Service is in a cluster whose pods run: open while one of them gets the requests. */
  const keepDoor = async () => {
    while (watched) {
      const served = await isServed().catch(() => false);
      if (served !== database.isOpen()) await (served ? database.open() : database.shut());
      await delay(lookEveryMs);
    }
  };

  beforeEach(async () => {
    await shop.cluster.deploy({ namespace, name: 'orders', image: `postgres:16@${digestOf('c')}`, replicas: 1 });
    await shop.cluster.ready(namespace, 'orders');
    watched = true;
    door = keepDoor();
    shop.front.needs = answers;
    await shop.meets(200);
  });
  afterEach(async () => {
    watched = false;
    await door;
  });
  after(async () => {
    delete process.env['SHOP_DATABASE'];
    await database?.stop();
  });

  it('because its pod crashes is restarted once, and none of its users, although the worker is killed inside it', async () => {
    const users = await shop.pods();
    for (const pod of await shop.pods('orders')) await shop.cluster.fault({ namespace, pod }, 'crash');
    await shop.meets(503);
    const changes = shop.since();
    const { view, questions, killedIn } = await play(estate, 'database-unreachable', { kills: true });
    endedAs(view, 'completed');
    assert.deepEqual([questions, killedIn, await changes()], [[restart], ['Restart orders in east'], ['patch deployments orders']]);
    assert.deepEqual(await shop.pods(), users);
    await shop.well();
  });

  it('is left alone in a dry run and when people refuse', async () => {
    for (const pod of await shop.pods('orders')) await shop.cluster.fault({ namespace, pod }, 'crash');
    await shop.meets(503);
    const changes = shop.since();
    endedAs((await play(estate, 'database-unreachable', { mode: 'simulate' })).view, 'completed');
    const { view, questions } = await play(estate, 'database-unreachable', { declines: [/./] });
    assert.ok(asks(view), view.status);
    assert.deepEqual([questions, await changes()], [[restart, take], []]);
  });

  it('is taken away from everybody and kept as it is, whose Service points at it again when that is undone, wherever the worker is killed', async () => {
    for (const pod of await shop.pods('orders')) await shop.cluster.fault({ namespace, pod }, 'crash');
    await shop.meets(503);
    const [before, pods] = [await selector(), await shop.pods('orders')];
    const runId = await start(estate, 'database-unreachable');
    const { view, questions, killedIn } = await follow(estate, runId, { declines: [/^Restart/], kills: true });
    assert.ok(asks(view), view.status);
    assert.ok(view.status.includes(handOver), view.status);
    assert.deepEqual([questions, killedIn], [[restart, take], ['Point the Service orders at nothing']]);
    assert.notDeepEqual(await selector(), before);
    assert.deepEqual(await shop.pods('orders'), pods, 'the old one is kept');
    endedAs(await undo(estate, runId, { kills: true }), 'compensated');
    assert.deepEqual([await selector(), await shop.pods('orders')], [before, pods]);
  });

  it('is given back once people have mended it by hand', async () => {
    const [broken] = await shop.pods('orders');
    await shop.cluster.fault({ namespace, pod: broken! }, 'crash');
    await shop.meets(503);
    const before = await selector();
    const { view } = await play(estate, 'database-unreachable', { declines: [/^Restart/] });
    assert.ok(asks(view), view.status);
    await shop.cluster.kubectl(['delete', 'pod', broken!, '-n', namespace]);
    await shop.cluster.ready(namespace, 'orders');
    assert.equal(await answers(), false, 'mended, and still nobody reaches it');
    await estate.signal('sam', view.runId, 'skip-step', { reason: 'mended by hand' });
    endedAs((await follow(estate, view.runId, { until: ended })).view, 'completedWithExceptions');
    assert.deepEqual(await selector(), before);
    await shop.well();
  });
});
