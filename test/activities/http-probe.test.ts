import assert from 'node:assert/strict';
import { httpProbeActivities } from '../../src/activities/service/http-probe.ts';
import { request } from '../../src/activities/kit/http.ts';
import { read } from '../../src/activities/kit/kinds.ts';
import { environmentWith } from './environment.ts';
import { failureOf, inStep } from './in-step.ts';
import { type Answer, type Asked, deadUrl, smallServers } from './small-server.ts';

describe('probes over HTTP', () => {
  const listening = smallServers();

  /** A shop that keeps its orders. */
  async function shop(answerTo: (asked: Asked, index: number) => Answer | undefined = () => undefined) {
    const orders = new Map<string, unknown>();
    const server = await listening((asked, index) => {
      const { id } = (asked.body ?? {}) as { id: string };
      if (asked.method === 'POST') orders.set(id, asked.body);
      const special = answerTo(asked, index);
      if (special) return special;
      if (asked.method === 'POST') return { status: 201, body: { id } };
      return orders.has(asked.path.split('/').at(-1)!) ? { status: 200, body: {} } : { status: 404 };
    });
    return { ...server, orders };
  }

  it('ask every vantage point at once, and tell well from down from unknown', async () => {
    const well = await listening(({ path }) => ({ status: path === '/seen/east' ? 200 : 503 }));
    const environment = environmentWith({ VANTAGE_CONTROL: `${well.url}/seen/{region}`, VANTAGE_EDGE: await deadUrl() });
    const { result } = await inStep(httpProbeActivities(environment).vantage, { service: 'shop', region: 'east' });
    assert.deepEqual(
      result.map(({ name, healthy }) => [name, healthy]),
      [
        ['control room', true],
        ['customers at the edge', false],
        ['the other region', null],
      ],
    );
    assert.match(result[1]!.detail, /ECONNREFUSED/);
    assert.match(result[2]!.detail, /VANTAGE_PEER is not set/);
  });

  it('take a vantage point for blind that does not even see what is known to be well', async () => {
    const dead = await deadUrl();
    const well = await listening(() => ({ status: 200 }));
    const environment = environmentWith({ VANTAGE_CONTROL: dead, VANTAGE_EDGE: dead, VANTAGE_PEER: well.url });
    const [control, edge, peer] = environment.services['shop']!.vantagePoints;
    Object.assign(control!, { knownGood: edge!.url });
    Object.assign(edge!, { knownGood: peer!.url });
    Object.assign(peer!, { knownGood: control!.url });
    const { result } = await inStep(httpProbeActivities(environment).vantage, { service: 'shop', region: 'east' });
    assert.deepEqual(
      result.map(({ healthy, blind }) => [healthy, blind]),
      [
        [null, true],
        [false, undefined],
        [true, undefined],
      ],
    );
    assert.match(result[0]!.detail, /sees nothing at all: what is known to be well does not answer/);
  });

  it('wait two seconds at most for a vantage point that hangs', async () => {
    const hangs = await listening(() => 'silence');
    const environment = environmentWith({ VANTAGE_CONTROL: hangs.url, VANTAGE_EDGE: hangs.url, VANTAGE_PEER: hangs.url });
    const started = Date.now();
    const { result } = await inStep(httpProbeActivities(environment).vantage, { service: 'shop', region: 'east' });
    assert.deepEqual(
      result.map(({ healthy }) => healthy),
      [false, false, false],
    );
    assert.ok(Date.now() - started < 4_000);
  });

  it('prove an order by writing it and reading it back, and the same one again on a repeat', async () => {
    const west = await shop();
    const { proveOrder } = httpProbeActivities(environmentWith({ SHOP_WEST: west.url }));
    const first = await inStep(proveOrder, { service: 'shop', region: 'west' });
    const again = await inStep(proveOrder, { service: 'shop', region: 'west' });
    assert.match(first.result.id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.deepEqual([again.result, west.orders.size, west.asked.filter(({ method }) => method === 'POST').length], [first.result, 1, 1]);
    const made = first.evidence.find(({ kind }) => kind === 'change')!;
    assert.deepEqual(first.predicted, [{ call: made.call, args: made.args }]);
  });

  it('find an order whose answer was lost', async () => {
    const west = await shop(({ method }) => (method === 'POST' ? 'reset' : undefined));
    const { proveOrder } = httpProbeActivities(environmentWith({ EDGE: west.url }));
    const { result } = await inStep(proveOrder, { service: 'shop' });
    assert.ok(west.orders.has(result.id));
  });

  it('only predict an order in simulate, also while nothing answers', async () => {
    const { proveOrder } = httpProbeActivities(environmentWith({ SHOP_WEST: await deadUrl() }));
    const { predicted } = await inStep(proveOrder, { service: 'shop', region: 'west' }, { mode: 'simulate' });
    assert.match(predicted[0]!.call, /^POST http.*\/orders$/);
  });

  it('count good and bad readings of a service', async () => {
    const edge = await listening(({ path }, index) => ({ status: path === '/health/ready' && index % 4 !== 3 ? 200 : 503 }));
    const { observeService } = httpProbeActivities(environmentWith({ EDGE: edge.url }));
    const { result } = await inStep(observeService, { service: 'shop', forMs: 400, everyMs: 50 });
    const { readings, good, bad, missing, errorRate } = result!;
    assert.deepEqual([readings + missing, good + bad, errorRate], [8, readings, bad / readings]);
    assert.ok(bad >= 1 && good > bad);
  });

  it('count a service that refuses connections as bad, not as missing', async () => {
    const { observeService } = httpProbeActivities(environmentWith({ EDGE: await deadUrl() }));
    const { result } = await inStep(observeService, { service: 'shop', forMs: 200, everyMs: 50 });
    assert.deepEqual([result!.good, result!.errorRate, result!.bad], [0, 1, result!.readings]);
  });

  it('stop observing at once when cancelled', async () => {
    const edge = await listening(() => ({ status: 200 }));
    const { observeService } = httpProbeActivities(environmentWith({ EDGE: edge.url }));
    const started = Date.now();
    const watching = inStep(
      observeService,
      { service: 'shop', forMs: 60_000, everyMs: 100 },
      { onStart: (mock) => setTimeout(() => mock.cancel(), 150) },
    );
    await assert.rejects(watching, { name: 'CancelledFailure' });
    assert.ok(Date.now() - started < 5_000);
  });

  it('read how long customers waited', async () => {
    const outage = { startedAt: '2026-01-01T00:00:00.000Z', endedAt: null, totalMs: 1_500, failed: 15, over: false };
    const control = await listening(() => ({ status: 200, body: { outage, more: 1 } }));
    const { customersOutage } = httpProbeActivities(environmentWith({ CUSTOMERS_OUTAGE: control.url }));
    assert.deepEqual((await inStep(customersOutage, { service: 'shop' })).result, outage);
  });

  it('name a service or region that the environment does not have', async () => {
    const { vantage } = httpProbeActivities(environmentWith({}));
    const { name, message } = await failureOf(inStep(vantage, { service: 'shop', region: 'north' }));
    assert.deepEqual([name, message], ['InvalidInput', 'this environment has no service shop in the region "north"; it has: east, west']);
  });

  it('stop reading an answer that is too long', async () => {
    const long = await listening(() => ({ status: 200, body: 'x'.repeat(2_000_000) }));
    const { message } = await failureOf(
      inStep(
        read(() => request({ url: long.url, kind: 'read' })),
        undefined,
      ),
    );
    assert.match(message, /longer than 1048576 bytes/);
  });
});
