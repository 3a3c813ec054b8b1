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

  it('count no trouble that was over before the event, whether or not the account can be asked for a time', async () => {
    const asked: string[] = [];
    let outage = {};
    const control = await listening(({ path }) => (asked.push(path), { status: 200, body: { outage } }));
    const { customersOutage } = httpProbeActivities(environmentWith({ CUSTOMERS_OUTAGE: `${control.url}/outage?of=shop` }));
    const since = '2026-01-02T03:00:00.000Z';
    const told = async (account: object) => {
      outage = { failed: 9, over: true, ...account };
      const { startedAt, totalMs } = (await inStep(customersOutage, { service: 'shop', since })).result as {
        startedAt: string | null;
        totalMs: number;
      };
      return [startedAt, totalMs];
    };
    const [lastYear, before, during] = ['2025-12-24T18:00:00.000Z', '2026-01-02T02:59:50.000Z', '2026-01-02T03:00:03.000Z'];
    const end = '2026-01-02T03:00:13.000Z';
    assert.deepEqual(await told({ startedAt: during, endedAt: end, totalMs: 10_000 }), [during, 10_000]);
    assert.deepEqual(await told({ startedAt: before, endedAt: end, totalMs: 23_000 }), [before, 23_000]);
    assert.deepEqual(await told({ startedAt: lastYear, endedAt: before, totalMs: 750_000_000 }), [null, 0]);
    const sinceLastYear = { startedAt: lastYear, endedAt: end, totalMs: Date.parse(end) - Date.parse(lastYear) };
    assert.deepEqual(await told({ ...sinceLastYear, since: before }), [before, 23_000]);
    assert.deepEqual(await told(sinceLastYear), [lastYear, sinceLastYear.totalMs]);
    assert.deepEqual(new Set(asked), new Set([`/outage?of=shop&since=${encodeURIComponent(since)}`]));
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
