import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { telemetryActivities } from '../../src/activities/prometheus/telemetry.ts';
import { environmentWith } from '../activities/environment.ts';
import { failureOf, inStep } from '../activities/in-step.ts';
import { deadUrl } from '../activities/small-server.ts';
import { eventually } from '../eventually.ts';
import { debianTool } from './debian-tools.ts';
import { startMonitoring, type Monitoring } from './monitoring.ts';
import { orSkip } from './or-skip.ts';

describe('what a real Prometheus says', function () {
  let target: Server;
  let monitoring: Monitoring | undefined;
  // A machine that is busy misses a scrape now and then; the last minute has one.
  const of = (series: string) => `last_over_time(${series}[1m])`;

  before(async function () {
    const programs = await orSkip(this, async () => ({
      prometheus: await debianTool('prometheus'),
      alertmanager: await debianTool('prometheus-alertmanager', ['prometheus-alertmanager', 'alertmanager']),
    }));
    target = createServer((_, answer) =>
      answer.end('level{room="a"} 3\nlevel{room="b"} 8\nbroken NaN\nshop_dns_weight{region="nowhere"} 1\n'),
    );
    await new Promise<void>((done) => target.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(target.address() as AddressInfo).port}`;
    monitoring = await startMonitoring({
      ...{ programs, control: url, shops: { east: url, nowhere: await deadUrl() } },
      webhook: { url: `${url}/alerts`, token: 'none' },
    });
    await eventually(
      'a first reading',
      () => ask(of('level{job="range",room="a"}')),
      ({ value }) => value === 3,
    );
  });
  after(async () => {
    await monitoring?.stop();
    target?.close();
  });

  const tools = (prometheus = monitoring!.prometheus) => {
    const environment = environmentWith({});
    const incidents = { ...environment.incidents!, prometheus };
    return telemetryActivities({ ...environment, incidents });
  };
  const ask = async (query: string, prometheus?: string) =>
    (await inStep(tools(prometheus).askMetric, { query, name: 'the level' })).result;

  it('takes one number for an answer, and nothing else', async () => {
    assert.deepEqual(await ask(`2 * ${of('level{job="range",room="a"}')}`), { value: 6, detail: 'the level: 6' });
    const [empty, several, nan, range, refused] = await Promise.all(
      [of('level{room="none"}'), of('level{job="range"}'), of('broken{job="range"}'), 'level[1m]', 'level{'].map((query) => ask(query)),
    );
    assert.deepEqual(
      [empty, several, nan, range, refused].map((one) => one!.value),
      [null, null, null, null, null],
    );
    assert.match(empty!.detail, /no series answers/);
    assert.match(several!.detail, /2 series answer, and one was expected/);
    assert.match(nan!.detail, /the value is NaN/);
    assert.match(refused!.detail, /Prometheus refuses the query: .*parse error/);
    assert.match((await ask('level', await deadUrl())).detail, /cannot tell, .*ECONNREFUSED/);
  });

  it('watches a number for a while: good, bad and missing readings are three things', async () => {
    const hold = async (query: string, limits: { above?: number; below?: number }) =>
      (await inStep(tools().holdMetric, { name: 'the level', query, ...limits, forMs: 900, everyMs: 300 })).result!;
    const [good, bad, missing] = await Promise.all([
      hold(of('level{job="range",room="b"}'), { below: 10, above: 7 }),
      hold(of('level{job="range",room="b"}'), { below: 8 }),
      hold(of('level{job="range",room="none"}'), { below: 8 }),
    ]);
    assert.deepEqual([good.readings, good.good, good.bad, good.missing, good.errorRate], [3, 3, 0, 0, 0]);
    assert.deepEqual([bad.readings, bad.good, bad.bad, bad.detail], [3, 0, 3, 'the level: 8']);
    assert.deepEqual([missing.readings, missing.missing, missing.errorRate], [0, 3, 1]);
    const dry = await inStep(tools().holdMetric, { name: 'x', query: 'y', below: 1, forMs: 1, everyMs: 1 }, { mode: 'simulate' });
    assert.equal(dry.result, undefined);
    const { name } = await failureOf(inStep(tools().holdMetric, { name: 'x', query: 'y', forMs: 1, everyMs: 1 }));
    assert.equal(name, 'InvalidInput');
  });

  it('names the alerts that are pending or fire, the firing ones first', async () => {
    const read = async () => (await inStep(tools().activeAlerts, { service: 'shop' })).result;
    const { alerts } = await eventually('an alert', read, (seen) => seen.alerts?.[0]?.state === 'firing', 60_000, 500);
    assert.ok(
      alerts!.some(({ labels, since }) => labels['region'] === 'nowhere' && since !== null),
      JSON.stringify(alerts),
    );
    const unreadable = (await inStep(tools(await deadUrl()).activeAlerts, { service: 'shop' })).result;
    assert.deepEqual([unreadable.alerts, /cannot be read/.test(unreadable.detail)], [null, true]);
    assert.equal((await failureOf(inStep(tools().activeAlerts, { service: 'no' }))).name, 'InvalidInput');
  });
});
