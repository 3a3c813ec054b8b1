import assert from 'node:assert/strict';
import { metricsOf } from '../../src/incidents/metrics.ts';
import { boundsOf, type IncidentMonth } from '../../src/incidents/month.ts';
import { monthHtml, monthMarkdown } from '../../src/report/month.ts';
import type { IncidentSummary } from '../../src/workflows/incident/view.ts';
import { incidentSummary } from '../incidents/support/incident-view.ts';

const incident = (number: string, day: string, changes: Partial<IncidentSummary> = {}): IncidentSummary =>
  incidentSummary({
    ...{
      number,
      state: 'closed',
      startedAt: `${day}T10:00:00.000Z`,
      detectedAt: `${day}T10:02:00.000Z`,
      declaredAt: `${day}T10:03:00.000Z`,
    },
    ...{ acknowledgedAt: `${day}T10:07:00.000Z`, resolvedAt: `${day}T11:00:00.000Z`, updates: { due: 4, kept: 4 } },
    ...changes,
  });

function unresolved({ resolvedAt: _not, ...summary }: IncidentSummary): IncidentSummary {
  return summary;
}

function monthWith(summaries: IncidentSummary[], more: Partial<IncidentMonth> = {}): IncidentMonth {
  const asked = { ...boundsOf('2026-11'), now: '2026-12-24T00:00:00.000Z', severities: ['P0', 'P1', 'P2'] };
  const environment = { name: 'range', title: 'The practice range' };
  return { month: '2026-11', environment, ...metricsOf(summaries, asked), actions: [], unread: [], ...more };
}

const month = monthWith(
  [
    incident('INC-2026-11-02-001', '2026-11-02', { updates: { due: 4, kept: 3 } }),
    incident('INC-2026-11-03-001', '2026-11-03', { severity: 'P1', title: '<b>Slow</b> | orders' }),
    unresolved(incident('INC-2026-11-17-001', '2026-11-17', { severity: 'P1', state: 'mitigated' })),
    incident('INC-2026-11-18-001', '2026-11-18', { drill: true }),
  ],
  {
    actions: [
      { id: 'a1', number: 'INC-2026-11-02-001', text: 'Alarm on the queue', owner: 'sam', dueAt: '2026-11-20T00:00:00.000Z' },
      { id: 'a1', number: 'INC-2026-11-03-001', text: 'Rehearse', owner: 'ana', dueAt: '2026-12-20T00:00:00.000Z' },
    ],
    unread: ['INC-2026-11-17-001'],
  },
);

describe('the report of a month', () => {
  it('says in a few sentences how many, how often, how long, and what is not counted', () => {
    assert.equal(
      monthMarkdown(month).split('\n')[2],
      [
        'There were 3 incidents in November 2026 (1 × P0 and 2 × P1), of which 1 is not resolved yet. That is 0.7 a week.',
        'Half of the 2 resolved ones took at most 1 h 00 min. Of 12 promised updates 11 were kept. 2 action items are open.',
        'Not counted: 1 drill.',
      ].join(' '),
    );
  });

  it('has a table of times, of weeks, of incidents and of open action items, the overdue ones marked', () => {
    const md = monthMarkdown(month);
    assert.match(md, /\| Time to acknowledge \| 3 \| 5 min \| 5 min \| 5 min \| 5 min \| − \|/);
    assert.match(
      md,
      /\| Week from \| All \| P0 \| P1 \| P2 \|\n.*\n\| 2026-11-01 \| 0 \| 0 \| 0 \| 0 \|\n\| 2026-11-02 \| 2 \| 1 \| 1 \| 0 \|/,
    );
    assert.match(md, /\| INC-2026-11-02-001 \| 2026-11-02 10:03 \| P0 .* \| ✖ 3 of 4 \|/);
    assert.match(md, /\| ✖ 2026-11-20, overdue \| sam \| Alarm on the queue \| INC-2026-11-02-001 \|\n\| 2026-12-20 \| ana/);
    assert.match(md, /Those of INC-2026-11-17-001 could not be read\./);
  });

  it('is a page with pictures that say what they show in words, and runs and reaches nothing', () => {
    const html = monthHtml(month);
    assert.match(html, /<title id="weeks-title">Incidents week by week: 2026-11-01 0, 2026-11-02 2, /);
    assert.match(html, /<title id="severities-title">Incidents by severity: P0 1, P1 2, P2 0</);
    assert.doesNotMatch(html, /<script|<b>Slow|src=|https?:/);
    assert.match(html, /&lt;b&gt;Slow/);
  });

  it('draws the bars of a week on top of each other, as high as their numbers', () => {
    const [, second] = [...monthHtml(month).matchAll(/<g>(.*?)<\/g>/gs)].map(([, group]) => group!);
    const bars = [...second!.matchAll(/y="([\d.]+)" width="90" height="([\d.]+)"/g)].map(([, y, height]) => [Number(y), Number(height)]);
    assert.deepEqual(bars, [
      [120, 90],
      [30, 90],
    ]);
  });

  it('can be made of a month without incidents, and of one that has not begun', () => {
    const quiet = monthWith([]);
    assert.match(monthMarkdown(quiet), /There was no incident in November 2026\. No action item is open\./);
    assert.match(monthHtml(quiet), /There was no incident/);
    const ahead = monthWith([], metricsOf([], { ...boundsOf('2026-11'), now: '2026-10-01T00:00:00.000Z', severities: [] }));
    assert.match(monthMarkdown(ahead), /The month has not begun\./);
    assert.doesNotMatch(monthHtml(ahead), /NaN|Infinity|undefined/);
  });
});
