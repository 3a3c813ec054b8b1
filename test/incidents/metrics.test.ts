import assert from 'node:assert/strict';
import { metricsOf, timesOf } from '../../src/incidents/metrics.ts';
import { boundsOf, readMonth } from '../../src/incidents/month.ts';
import { loadEnvironment } from '../../src/config/environment.ts';
import type { IncidentSummary } from '../../src/workflows/incident/view.ts';
import { deskView, incidentSummary, incidentView } from './support/incident-view.ts';

const minutes = (count: number) => count * 60_000;
const november = boundsOf('2026-11');
const asked = { ...november, now: '2026-12-24T12:00:00.000Z', severities: ['P0', 'P1', 'P2'] };

/** Begun so many minutes after a time; noticed after 2, taken up after 5 more, mitigated after 20 and resolved after 60 in all. */
function incident(number: string, day: string, changes: Partial<IncidentSummary> = {}): IncidentSummary {
  const begun = Date.parse(`${day}T10:00:00.000Z`);
  const at = (count: number) => new Date(begun + minutes(count)).toISOString();
  return incidentSummary({
    ...{ number, state: 'closed', startedAt: at(0), detectedAt: at(2), declaredAt: at(3), acknowledgedAt: at(7) },
    ...{ mitigatedAt: at(20), resolvedAt: at(60), updates: { due: 4, kept: 3 } },
    ...changes,
  });
}

describe('the metrics of incidents', () => {
  it('count detecting, mitigating and resolving from the beginning, and acknowledging from when Muster heard of it', () => {
    assert.deepEqual(timesOf(incident('INC-1', '2026-11-02')), {
      ...{ toDetect: minutes(2), toAcknowledge: minutes(5), toMitigate: minutes(20), toResolve: minutes(60) },
    });
  });

  it('know no time that has not come, and none below zero', () => {
    const open = incidentSummary({ startedAt: '2026-11-02T10:05:00.000Z', detectedAt: '2026-11-02T10:00:00.000Z' });
    assert.deepEqual(timesOf(open), { toDetect: 0, toAcknowledge: null, toMitigate: null, toResolve: null });
  });

  it('take what was resolved without a word about mitigation as mitigated by then', () => {
    const { mitigatedAt: _never, ...plain } = incident('INC-1', '2026-11-02');
    assert.equal(timesOf(plain).toMitigate, minutes(60));
  });

  it('give mean and median over those that have the time, for all and by severity', () => {
    const long = incident('INC-3', '2026-11-04', { severity: 'P1', resolvedAt: '2026-11-04T16:00:00.000Z' });
    const still = incident('INC-4', '2026-11-05', { severity: 'P1', state: 'mitigated' });
    delete still.resolvedAt;
    const found = metricsOf([incident('INC-1', '2026-11-02'), incident('INC-2', '2026-11-03'), long, still], asked);
    assert.deepEqual(found.times.toResolve, { of: 3, mean: minutes(160), median: minutes(60) });
    const [p0, p1, p2] = found.bySeverity;
    assert.deepEqual([p0!.count, p1!.count, p2!.count, p1!.open], [2, 2, 0, 1]);
    assert.deepEqual(p1!.times.toResolve, { of: 1, mean: minutes(360), median: minutes(360) });
    assert.deepEqual(p2!.times.toDetect, { of: 0, mean: null, median: null });
    assert.equal(
      metricsOf([incident('INC-1', '2026-11-02'), long], asked).times.toResolve.median,
      minutes(210),
      'between two in the middle',
    );
  });

  it('leave out drills, what was dismissed, and what nobody declared, and say how many they were', () => {
    const proposed = incident('INC-4', '2026-11-05', { state: 'proposed' });
    delete proposed.declaredAt;
    const found = metricsOf(
      [
        incident('INC-1', '2026-11-02'),
        incident('INC-2', '2026-11-03', { drill: true }),
        incident('INC-3', '2026-11-04', { state: 'dismissed' }),
        proposed,
      ],
      asked,
    );
    assert.deepEqual(
      found.incidents.map(({ number }) => number),
      ['INC-1'],
    );
    assert.deepEqual(found.leftOut, { drills: 1, dismissed: 1, proposed: 1 });
    assert.deepEqual([found.updates, found.times.toDetect.of], [{ due: 4, kept: 3 }, 1]);
  });

  it('count an incident in the month in which it was declared, in UTC', () => {
    const last = incident('INC-1', '2026-10-31', { declaredAt: '2026-10-31T23:59:59.999Z' });
    const first = incident('INC-2', '2026-11-01', { declaredAt: '2026-11-01T00:00:00.000Z' });
    const next = incident('INC-3', '2026-12-01', { declaredAt: '2026-12-01T00:00:00.000Z' });
    assert.deepEqual(
      metricsOf([last, first, next], asked).incidents.map(({ number }) => number),
      ['INC-2'],
    );
    assert.deepEqual(boundsOf('2026-12'), { from: '2026-12-01T00:00:00.000Z', to: '2027-01-01T00:00:00.000Z' });
  });

  it('divide the month into weeks that begin on Mondays, and count each severity in each', () => {
    const { weeks, perWeek } = metricsOf(
      [incident('INC-1', '2026-11-01'), incident('INC-2', '2026-11-02', { severity: 'P1' }), incident('INC-3', '2026-11-30')],
      asked,
    );
    assert.deepEqual(
      weeks.map(({ from, count }) => [from.slice(0, 10), count]),
      [
        ['2026-11-01', 1],
        ['2026-11-02', 1],
        ['2026-11-09', 0],
        ['2026-11-16', 0],
        ['2026-11-23', 0],
        ['2026-11-30', 1],
      ],
    );
    assert.deepEqual(weeks[1]!.bySeverity, { P0: 0, P1: 1, P2: 0 });
    assert.equal(perWeek, 0.7);
  });

  it('do not take days that lie ahead for days without incidents', () => {
    const found = metricsOf([incident('INC-1', '2026-11-02')], { ...asked, now: '2026-11-08T00:00:00.000Z' });
    assert.deepEqual([found.to, found.perWeek, found.weeks.length], ['2026-11-08T00:00:00.000Z', 1, 2]);
    const ahead = metricsOf([], { ...asked, now: '2026-10-08T00:00:00.000Z' });
    assert.deepEqual([ahead.perWeek, ahead.weeks, ahead.incidents], [null, [], []]);
  });

  it('name a severity that the environment has no more', () => {
    const found = metricsOf([incident('INC-1', '2026-11-02', { severity: 'SEV9' })], asked);
    assert.deepEqual(
      found.bySeverity.map(({ severity }) => severity),
      ['P0', 'P1', 'P2', 'SEV9'],
    );
  });
});

describe('a month of incidents', () => {
  const owing = incident('INC-2026-10-02-001', '2026-10-02', { openActions: 2 });
  const gone = incident('INC-2026-11-02-001', '2026-11-02', { openActions: 1 });
  const drill = incident('INC-2026-11-03-001', '2026-11-03', { openActions: 1, drill: true });
  const actions = [
    { id: 'a1', text: 'Alarm on the queue', owner: 'sam', dueAt: '2026-11-20T00:00:00.000Z' },
    { id: 'a2', text: 'Done long ago', owner: 'sam', dueAt: '2026-11-10T00:00:00.000Z', doneAt: '2026-11-09T00:00:00.000Z' },
    { id: 'a3', text: 'Rehearse the failover', owner: 'ana', dueAt: '2026-11-15T00:00:00.000Z' },
  ];
  const incidents = {
    list: async () => deskView({ open: [], ended: [drill, gone, owing] }),
    view: async (number: string) => {
      if (number !== owing.number) throw new Error('no worker answers');
      return incidentView({ number, actions });
    },
  };

  it('lists the open action items of all incidents, soonest due first, and names those that could not be read', async () => {
    const environment = await loadEnvironment('environments/range.yaml');
    const month = await readMonth(environment, incidents, '2026-11', '2026-12-01T00:00:00.000Z');
    assert.deepEqual(
      month.actions.map(({ number, id }) => `${number} ${id}`),
      ['INC-2026-10-02-001 a3', 'INC-2026-10-02-001 a1'],
    );
    assert.deepEqual([month.unread, month.incidents.length, month.leftOut.drills], [[gone.number], 1, 1]);
    assert.deepEqual(month.bySeverity.map(({ severity }) => severity).slice(0, 2), ['P0', 'P1']);
  });
});
