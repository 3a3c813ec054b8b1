import assert from 'node:assert/strict';
import type { IncidentMonth } from '../../src/incidents/month.ts';
import { RunProblem } from '../../src/runs/problem.ts';
import { deskView, incidentSummary, incidentView } from '../incidents/support/incident-view.ts';
import { problemIn, startApi, type Api } from './support/api.ts';

const open = incidentSummary({ acknowledgedAt: '2026-03-14T09:05:00.000Z' });
const closed = incidentSummary({
  ...{ number: 'INC-2026-03-13-002', severity: 'P1', state: 'closed', openActions: 1, updates: { due: 2, kept: 2 } },
  ...{ declaredAt: '2026-03-13T09:00:00.000Z', detectedAt: '2026-03-13T09:00:00.000Z', resolvedAt: '2026-03-14T10:00:00.000Z' },
});
const drill = incidentSummary({ number: 'INC-2026-03-12-001', drill: true });

describe('the metrics of incidents over the API', () => {
  let api: Api;
  let lists = 0;
  beforeEach(async () => {
    api = await startApi();
    lists = 0;
    api.incidents.list = async () => {
      lists += 1;
      return deskView({ open: [open], ended: [closed, drill] });
    };
    const actions = [{ id: 'a1', text: 'Alarm on the queue', owner: 'sam', dueAt: '2026-04-01T00:00:00.000Z' }];
    api.incidents.viewAnswer = async (number) => incidentView({ number, actions });
  });
  afterEach(() => api.close());

  it('are those of the month that is asked for', async () => {
    const response = await api.call('GET', '/api/incidents/metrics?month=2026-03', { as: 'vic' });
    assert.equal(response.status, 200);
    const month = (await response.json()) as IncidentMonth;
    assert.deepEqual(
      month.incidents.map(({ number, toAcknowledge }) => [number, toAcknowledge]),
      [
        ['INC-2026-03-13-002', null],
        ['INC-2026-03-14-001', 240_000],
      ],
    );
    assert.deepEqual(
      [month.updates, month.leftOut.drills, month.actions.map(({ number, text }) => `${number} ${text}`)],
      [{ due: 14, kept: 13 }, 1, ['INC-2026-03-13-002 Alarm on the queue']],
    );
  });

  it('are of this month when none is said', async () => {
    const month = (await (await api.call('GET', '/api/incidents/metrics', { as: 'vic' })).json()) as IncidentMonth;
    assert.equal(month.month, new Date().toISOString().slice(0, 7));
  });

  it('refuse what is no month, who is nobody, and say when no worker answers', async () => {
    for (const month of ['2026-13', '2026', 'march', '2026-3']) {
      assert.equal((await problemIn(await api.call('GET', `/api/incidents/metrics?month=${month}`, { as: 'vic' }))).code, 'InvalidInput');
    }
    assert.equal((await api.call('GET', '/api/incidents/metrics')).status, 401);
    api.incidents.list = () => Promise.reject(new RunProblem(503, 'NoWorker', 'no worker answers for the desk'));
    assert.equal((await problemIn(await api.call('GET', '/api/incidents/metrics', { as: 'vic' }))).code, 'NoWorker');
  });

  describe('as Prometheus scrapes them', () => {
    const scrape = async () => (await api.call('GET', '/metrics', { as: 'vic' })).text();
    const line = (text: string, start: string) => text.split('\n').find((candidate) => candidate.startsWith(start));

    it('count incidents by severity, those that are open, promises and times; drills do not count', async () => {
      const text = await scrape();
      assert.equal(line(text, 'muster_incident_desk_up'), 'muster_incident_desk_up 1');
      assert.equal(line(text, 'muster_incidents_total{severity="P0"}'), 'muster_incidents_total{severity="P0"} 1');
      assert.equal(line(text, 'muster_incidents_total{severity="P2"}'), 'muster_incidents_total{severity="P2"} 0');
      assert.equal(line(text, 'muster_incident_open{severity="P0"}'), 'muster_incident_open{severity="P0"} 1');
      assert.equal(line(text, 'muster_incident_open{severity="P1"}'), 'muster_incident_open{severity="P1"} 0');
      assert.equal(line(text, 'muster_incident_updates_total{kept="no"}'), 'muster_incident_updates_total{kept="no"} 1');
      assert.equal(line(text, 'muster_incident_open_actions'), 'muster_incident_open_actions 1');
      const acknowledged = 'muster_incident_time_to_acknowledge_seconds';
      assert.equal(line(text, `${acknowledged}_sum{severity="P0"}`), `${acknowledged}_sum{severity="P0"} 240`);
      assert.equal(line(text, `${acknowledged}_bucket{le="300",severity="P0"}`), `${acknowledged}_bucket{le="300",severity="P0"} 1`);
      assert.equal(line(text, `${acknowledged}_count{severity="P1"}`), undefined, 'nobody has acknowledged it');
    });

    it('ask the desk once for one scrape, and are the same when scraped again', async () => {
      const first = await scrape();
      assert.equal(lists, 1);
      const incidents = (text: string) => text.split('\n').filter((candidate) => candidate.includes('muster_incident'));
      assert.deepEqual(incidents(await scrape()), incidents(first));
    });

    it('are missing while nobody answers for the desk, and the scrape itself goes on', async () => {
      api.incidents.list = () => Promise.reject(new RunProblem(503, 'NoWorker', 'no worker answers for the desk'));
      const text = await scrape();
      assert.equal(line(text, 'muster_incident_desk_up'), 'muster_incident_desk_up 0');
      assert.equal(line(text, 'muster_incidents_total{'), undefined);
      assert.equal(line(text, 'muster_incident_open_actions'), 'muster_incident_open_actions Nan');
      assert.ok(text.includes('# TYPE muster_http_requests_total counter'));
    });
  });
});
