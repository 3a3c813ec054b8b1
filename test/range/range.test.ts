import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { assembleRange, type Range } from '../../src/range/assemble.ts';
import type { AcknowledgedOrder, InboxMessage, Outage, RangeStatus, RegionName } from '../../src/range/contract.ts';
import { eventually } from '../eventually.ts';
import { fakeGateway, type FakeGateway } from './fake-gateway.ts';

describe('the range', () => {
  let folder: string;
  let range: Range;
  let gateway: FakeGateway;
  let variables: Record<string, string>;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-test-'));
    range = await assembleRange({ folder }, async ({ estate }) => (gateway = fakeGateway(estate)));
    ({ variables } = range.addresses);
  });
  after(async () => {
    await range?.stop();
    assert.deepEqual(await readdir(folder), []);
    await rm(folder, { recursive: true });
  });
  afterEach(() => range.heal());

  const control = (path: string, body?: unknown, method = body === undefined ? 'GET' : 'POST') =>
    fetch(range.addresses.control + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
  const look = async <Seen>(path: string) => (await (await control(path)).json()) as Seen;
  const shop = (region: RegionName) => variables[`MUSTER_RANGE_SHOP_${region.toUpperCase()}`]!;
  const place = (url: string, order: object) =>
    fetch(`${url}/orders`, { method: 'POST', body: JSON.stringify(order), headers: { 'content-type': 'application/json' } });
  const seen = async (point: 'CONTROL' | 'EDGE' | 'PEER', region: RegionName) => {
    const url = variables[`MUSTER_RANGE_VANTAGE_${point}`]!.replace('{region}', region);
    return (await fetch(url).catch(() => undefined))?.status ?? 'no answer';
  };
  const status = (what: string, holds: (status: RangeStatus) => boolean) => eventually(what, () => range.status(), holds, 10_000);
  const healthy = (region: RegionName, count: number) =>
    status(`${count} healthy instances in ${region}`, ({ regions }) => regions[region].shop.healthy === count);

  it('leaves nothing behind when a part cannot start', async () => {
    const other = await mkdtemp(join(tmpdir(), 'muster-test-'));
    await assert.rejects(
      assembleRange({ folder: other }, () => Promise.reject(new Error('no moto here'))),
      /no moto here/,
    );
    assert.deepEqual(await readdir(other), []);
    await rm(other, { recursive: true });
  });

  it('defines every variable that its environment refers to', () => {
    const wanted = readFileSync('environments/range.yaml', 'utf8').matchAll(/env:(MUSTER_RANGE_\w+)/g);
    for (const [, name] of wanted) assert.ok(variables[name!], `${name} is missing`);
  });

  it('serves customers from the region that the records say', async () => {
    // On a busy machine an instance is now and then late for its look, and an order for its customer.
    const { regions, customers, replicaLagMs } = await status(
      'customers of an estate that is well',
      (now) => now.customers.acknowledged > 10 && now.regions.east.shop.healthy === 3 && now.regions.west.shop.healthy === 1,
    );
    assert.deepEqual(regions.east, { lost: false, database: 'primary', shop: { desired: 3, healthy: 3 }, weight: 100 });
    assert.deepEqual(regions.west, { lost: false, database: 'replica', shop: { desired: 1, healthy: 1 }, weight: 0 });
    assert.ok(customers.failed * 10 < customers.acknowledged, `${customers.failed} failed, ${customers.acknowledged} did not`);
    assert.notEqual(replicaLagMs, null);
  });

  it('takes an order once, however often it is sent', async () => {
    const id = randomUUID();
    const first = await place(shop('west'), { id, item: 'a compass' });
    const second = await place(shop('east'), { id, item: 'something else' });
    assert.deepEqual([first.status, second.status], [201, 200]);
    const order = (await (await fetch(`${shop('east')}/orders/${id}`)).json()) as Record<string, unknown>;
    assert.deepEqual([order.id, order.item, order.region], [id, 'a compass', 'west']);
    assert.equal((await fetch(`${shop('east')}/orders/${randomUUID()}`)).status, 404);
    assert.equal((await place(shop('east'), { id: 'seven' })).status, 400);
  });

  it('tells how its instances do', async () => {
    assert.equal((await fetch(`${shop('east')}/health`)).status, 200);
    assert.equal((await fetch(`${shop('east')}/health/ready`)).status, 200);
    assert.match(await (await fetch(`${shop('east')}/metrics`)).text(), /shop_answers_total\{status="200"\}/);
  });

  it('boots and ends instances until there are as many as are wanted', async () => {
    gateway.estate.setCapacity('shop-west', 3);
    const booting = await eventually(
      'booting instances',
      () => gateway.estate.capacity('shop-west')!,
      ({ instances }) => instances.length === 3,
    );
    assert.deepEqual(booting.instances.map(({ state }) => state).sort(), ['inService', 'pending', 'pending']);
    await healthy('west', 3);
    gateway.estate.setCapacity('shop-west', 1);
    await healthy('west', 1);
    assert.throws(() => gateway.estate.setCapacity('shop-north', 1), /no group shop-north/);
  });

  it('shows a crashed shop from every vantage point, and its healing', async () => {
    await control('/break', { kind: 'crash-shop', region: 'west' });
    await healthy('west', 0);
    assert.deepEqual([await seen('CONTROL', 'west'), await seen('EDGE', 'west'), await seen('PEER', 'west')], [503, 503, 503]);
    assert.deepEqual((await look<RangeStatus>('/status')).faults, [{ kind: 'crash-shop', region: 'west' }]);
    await control('/heal', { kind: 'crash-shop', region: 'west' });
    await healthy('west', 1);
    assert.deepEqual([await seen('CONTROL', 'west'), await seen('EDGE', 'west'), await seen('PEER', 'west')], [200, 200, 200]);
  });

  it('shows a hanging shop as one that does not answer', async () => {
    await range.break({ kind: 'hang-shop', region: 'west' });
    await healthy('west', 0);
    assert.equal(gateway.estate.capacity('shop-west')!.instances[0]!.reason, 'no answer (timeout)');
    assert.equal(await seen('CONTROL', 'west'), 503);
  });

  describe('turns a region grey', () => {
    const health = (timeoutMs = 700) =>
      fetch(`${shop('west')}/health`, { signal: AbortSignal.timeout(timeoutMs) }).then(
        ({ status }) => status,
        () => 'no answer',
      );
    const ask = async (connectMs = 700): Promise<string> => {
      const client = new pg.Client({ connectionString: variables['MUSTER_RANGE_PG_WEST']!, connectionTimeoutMillis: connectMs });
      client.on('error', () => undefined);
      try {
        await client.connect();
        await client.end();
        return 'answers';
      } catch (error) {
        return (error as { code?: string }).code ?? 'no answer';
      }
    };
    /** Of ten, how many end so; somebody else may ask in between. */
    const ofTen = async (look: () => Promise<string | number>, how: string | number, usual: string | number) => {
      const all: (string | number)[] = [];
      for (let asked = 0; asked < 10; asked += 1) all.push(await look());
      assert.deepEqual(new Set(all), new Set([how, usual]));
      const bad = all.filter((one) => one === how).length;
      assert.ok(bad >= 6 && bad <= 8, `${bad} of 10 end as ${how}`);
    };

    it('that answers seven of ten with an error, in the words of whoever is asked', async () => {
      await range.break({ kind: 'grey-region', region: 'west', how: 'errors' });
      await ofTen(health, 503, 200);
      await ofTen(ask, '53300', 'answers');
    });

    it('that asks for patience seven times of ten, and whose database is well', async () => {
      await range.break({ kind: 'grey-region', region: 'west', how: 'throttled' });
      await ofTen(health, 429, 200);
      assert.equal(await ask(), 'answers');
    });

    it('whose every answer is three seconds late', async () => {
      await range.break({ kind: 'grey-region', region: 'west', how: 'slow' });
      assert.deepEqual(await Promise.all([health(), ask()]), ['no answer', 'no answer']);
      assert.equal(await health(6_000), 200);
    });

    it('that does what it is told and never answers, until it is healed', async () => {
      await range.break({ kind: 'grey-region', region: 'west', how: 'one-way' });
      const id = randomUUID();
      await assert.rejects(
        fetch(`${shop('west')}/orders`, {
          ...{ method: 'POST', body: JSON.stringify({ id }), headers: { 'content-type': 'application/json' } },
          signal: AbortSignal.timeout(700),
        }),
      );
      assert.equal(await ask(), 'no answer');
      const waiting = ask(20_000);
      await range.heal();
      assert.equal(await waiting, 'answers');
      assert.equal((await fetch(`${shop('west')}/orders/${id}`)).status, 200);
    });
  });

  it('keeps messages, and loses the services that take them', async () => {
    const send = () =>
      fetch(`${variables.MUSTER_RANGE_SLACK}/chat.postMessage`, {
        method: 'POST',
        body: JSON.stringify({ channel: '#practice', text: 'DRILL' }),
        headers: { 'content-type': 'application/json', authorization: `Bearer ${variables.MUSTER_RANGE_SLACK_TOKEN}` },
      });
    await send();
    const { messages } = await look<{ messages: InboxMessage[] }>('/inbox');
    assert.deepEqual(
      messages.map(({ to }) => to),
      ['slack'],
    );
    await range.break({ kind: 'inbox-down' });
    await assert.rejects(send());
  });

  it('refuses bad requests with the field that is wrong, and pages of browsers', async () => {
    const bad = await control('/break', { kind: 'lag-replica', ms: -1 });
    assert.equal(bad.status, 400);
    assert.match(await bad.text(), /ms/);
    assert.equal((await control('/customers/acknowledged?since=yesterday')).status, 400);
    assert.equal((await control('/nothing')).status, 404);
    const page = await fetch(`${range.addresses.control}/heal`, { method: 'POST', headers: { origin: 'https://example.org' } });
    assert.equal(page.status, 403);
  });

  it('measures what customers see when a region is lost and the other takes over', async () => {
    await range.heal();
    await control('/customers/reset-outage', {});
    await status('calm', ({ customers }) => customers.outage.over);
    const before = new Date().toISOString();
    const brokenAt = Date.now();
    await range.break({ kind: 'lose-region', region: 'east' });
    assert.deepEqual([await seen('CONTROL', 'east'), await seen('PEER', 'east'), await seen('PEER', 'west')], [503, 503, 'no answer']);
    assert.deepEqual([gateway.estate.lost('east'), gateway.lost.has('east')], [true, true]);
    await eventually(
      'customers who say that east is not well',
      () => seen('EDGE', 'east'),
      (answer) => answer === 503,
    );

    await gateway.estate.promote('orders-west');
    gateway.point('orders-west');
    gateway.shift({ east: 0, west: 100 });
    await status('the end of the outage', ({ customers }) => customers.outage.over);
    const { outage } = await look<{ outage: Outage }>('/customers/outage');
    const startedAt = Date.parse(outage.startedAt!);
    assert.ok(startedAt >= brokenAt - 1_000 && startedAt <= brokenAt + 500, `it started ${startedAt - brokenAt} ms after the loss`);
    assert.equal(outage.totalMs, Date.parse(outage.endedAt!) - startedAt);
    const { orders } = await look<{ orders: AcknowledgedOrder[] }>(`/customers/acknowledged?since=${encodeURIComponent(outage.endedAt!)}`);
    assert.ok(orders.length > 0 && orders.every(({ at }) => at >= before));
    assert.equal((await fetch(`${shop('west')}/orders/${orders[0]!.id}`)).status, 200);
    await range.heal({ kind: 'lose-region' });
    const { regions } = await healthy('east', 3);
    assert.deepEqual([regions.east.database, regions.west.database], ['primary', 'primary']);
  });
});
