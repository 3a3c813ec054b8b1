import assert from 'node:assert/strict';
import { metricsOf } from '../../src/incidents/metrics.ts';
import { boundsOf, type IncidentMonth } from '../../src/incidents/month.ts';
import { incidentSummary } from '../incidents/support/incident-view.ts';
import { startFakeApi, type FakeApi } from './support/fake-api.ts';
import { muster } from './support/muster.ts';

const asked = { ...boundsOf('2026-03'), now: '2026-04-01T00:00:00.000Z', severities: ['P0', 'P1'] };
const month: IncidentMonth = {
  ...{ month: '2026-03', environment: { name: 'range', title: 'The practice range' } },
  ...{ ...metricsOf([incidentSummary()], asked), actions: [], unread: [] },
};

describe('muster report --month', () => {
  let api: FakeApi;
  before(async () => {
    api = await startFakeApi();
    api.reply = () => ({ status: 200, body: month });
  });
  after(() => api.close());
  const say = (...args: string[]) => muster(args, { MUSTER_API: api.url, MUSTER_TOKEN: 'a-token' });

  it('prints the incidents of a month as Markdown, as a page, or as JSON', async () => {
    const { code, stdout } = await say('report', '--month', '2026-03');
    assert.equal(code, 0);
    assert.match(stdout, /^# Incidents of March 2026: The practice range\n\nThere was 1 incident in March 2026/);
    assert.equal(api.asked.at(-1)!.path, '/api/incidents/metrics?month=2026-03');
    assert.match((await say('report', '--month', '2026-03', '--format', 'html')).stdout, /^<!doctype html>[\s\S]*<\/html>\n$/);
    assert.deepEqual(JSON.parse((await say('report', '--month', '2026-03', '-f', 'json')).stdout), JSON.parse(JSON.stringify(month)));
  });

  it('takes either a run or a month, and only a month that there is', async () => {
    for (const args of [
      [],
      ['RUN', '--month', '2026-03'],
      ['--month', '2026-13'],
      ['--month', 'march'],
      ['--month', '2026-03', '--open'],
    ]) {
      const { code, stdout } = await say('report', ...args);
      assert.deepEqual([code, stdout], [2, ''], args.join(' '));
    }
  });

  it('says what the API refuses', async () => {
    const refused = {
      type: 'about:blank',
      title: 'x',
      status: 503,
      detail: 'no worker answers for the incident desk',
      instance: '/',
      code: 'NoWorker',
    };
    api.reply = () => ({ status: 503, body: refused });
    const { code, stderr } = await say('report', '--month', '2026-03');
    assert.notEqual(code, 0);
    assert.match(stderr, /no worker answers for the incident desk/);
  });
});
