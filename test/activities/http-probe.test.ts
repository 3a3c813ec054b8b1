import assert from 'node:assert/strict';
import { httpProbeActivities } from '../../src/activities/service/http-probe.ts';
import { request } from '../../src/activities/kit/http.ts';
import { read } from '../../src/activities/kit/kinds.ts';
import { environmentWith } from './environment.ts';
import { failureOf, inStep } from './in-step.ts';
import { deadUrl, smallServers } from './small-server.ts';

describe('probes over HTTP', () => {
  const listening = smallServers();

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

  it('count good and bad readings of a service', async () => {
    const edge = await listening(({ path }, index) => ({
      ...{ status: path === '/health/ready' && index % 4 !== 3 ? 200 : 503, body: { ready: true } },
    }));
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
