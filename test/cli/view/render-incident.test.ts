import assert from 'node:assert/strict';
import { renderIncident } from '../../../src/cli/view/render-incident.ts';
import type { IncidentView } from '../../../src/workflows/incident/view.ts';
import { at, incidentView } from '../../incidents/support/incident-view.ts';

const render = (changes: Partial<IncidentView> = {}, { now = at(30), width = 120, color = false } = {}) =>
  renderIncident(incidentView(changes), { now: Date.parse(now), width, color });
/** The rows under a heading, their columns apart. */
const under = (text: string, heading: string): string[][] => {
  const [, after = ''] = text.split(`\n${heading}\n`);
  return after
    .split('\n\n')[0]!
    .split('\n')
    .map((line) => line.trim().split(/ {2,}/));
};

describe('an incident on the terminal', () => {
  it('begins with how bad it is, where it stands, since when, and where people meet', () => {
    assert.deepEqual(render().split('\n').slice(0, 5), [
      'P0 The shop is down',
      '▸ acknowledged: is worked on; acknowledged by Sam',
      'INC-2026-03-14-001 · The shop · range · began 2026-03-14 09:00:00Z · 30 min',
      'Impact: nobody can order',
      '#incident-2026-03-14-0902 · https://bridge.example/1',
    ]);
  });

  it('counts its clocks down, and says how long what is done took', () => {
    assert.deepEqual(under(render(), 'Clocks'), [
      ['✔ acknowledge', 'done', 'after 13 min, due by 09:17:00Z'],
      ['▸ mitigate', 'not yet', 'for 30 min'],
      ['▸ resolve', '3 h 32 min left', 'by 13:02:00Z'],
    ]);
    const late = {
      state: 'declared' as const,
      acknowledgedRound: null,
      milestones: { startedAt: at(0), detectedAt: at(1), declaredAt: at(2) },
    };
    assert.deepEqual(under(render(late, { now: at(20) }), 'Clocks')[0], ['✖ acknowledge', 'overdue', 'by 09:17:00Z: 3 min ago']);
    assert.deepEqual(under(render(late, { now: at(13) }), 'Clocks')[0], ['? acknowledge', '4 min left', 'by 09:17:00Z']);
  });

  it('counts the acknowledgement anew after it has become worse', () => {
    const clocks = under(render({ round: 2, roundSince: at(25) }), 'Clocks');
    assert.deepEqual(clocks[0], ['▸ acknowledge', '10 min left', 'by 09:40:00Z']);
  });

  it('says how many promises were kept, and when the next one is due or that it is late', () => {
    assert.deepEqual(under(render(), 'Updates'), [['? team', '11 of 12 kept', 'next in 2 min (09:32:00Z)']]);
    assert.deepEqual(under(render({}, { now: at(40) }), 'Updates')[0]!.slice(0, 3), ['✖ team', '11 of 12 kept', 'one is late (09:32:00Z)']);
  });

  it('shows who has which role, and which needed one nobody has', () => {
    assert.deepEqual(under(render(), 'Roles'), [
      ['✔ Incident commander', 'Sam', 'since 09:15:00Z'],
      ['? Scribe', 'nobody', 'say who: role scribe'],
    ]);
  });

  it('shows its runs, and no longer suggests what was started', () => {
    const suggestion = { runbook: 'fail-over-region', input: {}, why: 'east is gone' };
    const suggested = render({ suggestions: [suggestion] });
    assert.match(
      suggested,
      /Suggested\n {2}fail-over-region: east is gone\n {4}muster incident start INC-2026-03-14-001 fail-over-region\n/,
    );
    const run = {
      ...{ runId: 'run-1', runbook: 'fail-over-region', title: 'Fail shop over', mode: 'live' as const, state: 'pendingApproval' as const },
      ...{ status: 'asks: Fail over?', startedAt: at(16), startedBy: 'sam' },
    };
    const running = render({ suggestions: [suggestion], runs: [run] });
    assert.match(running, /Runs\n {2}\? waits for approval {2}Fail shop over\n {4}run-1: asks: Fail over\?\n/);
    assert.ok(!running.includes('Suggested'));
    assert.ok(render({ suggestions: [suggestion], runs: [{ ...run, mode: 'simulate' }] }).includes('Suggested'));
  });

  it('shows what a person must answer for before it is stable', () => {
    const verification = [
      { name: 'the shop is ready', kind: 'availability', at: at(20), verdict: 'good' as const, detail: '200 in 12 ms' },
      { name: 'metrics flow', kind: 'person', at: at(20), verdict: 'unknown' as const, detail: 'a person looks' },
    ];
    const text = render({
      state: 'stabilizing',
      verification,
      stability: { since: at(20), until: at(50), readings: 4, asks: 'the shop is ready' },
    });
    assert.deepEqual(under(text, 'Verification'), [
      ['✔ good', 'the shop is ready', '200 in 12 ms'],
      ['? not known', 'metrics flow', 'a person looks'],
      ['? asks', '4 good readings', 'asks: the shop is ready'],
    ]);
  });

  it('shows what was not delivered, what is left behind, and what is still to be done', () => {
    const text = render({
      state: 'resolved',
      messages: [
        {
          ...{ id: 'm1', about: 'update 1', dueAt: at(3), state: 'waiting', tries: 3, problem: 'refused' },
          post: { sink: 'ticket', act: 'comment', text: 'x' },
        },
      ],
      leftovers: [{ kind: 'frozen-delivery', what: 'the delivery of shop is on hold', runId: 'run-1' }],
      actions: [{ id: 'a1', text: 'Alert on full disks', owner: 'ana', dueAt: at(20) }],
      reviews: [{ name: 'formal', title: 'Formal review', dueAt: at(2_000) }],
      closing: [{ name: 'lessons', title: 'Lessons are written down', done: false }],
    });
    assert.deepEqual(under(text, 'Not delivered'), [['? ticket', 'update 1', '3 tries: refused']]);
    assert.deepEqual(under(text, 'Left behind'), [['? frozen delivery', 'the delivery of shop is on hold (run-1)']]);
    assert.deepEqual(under(text, 'Action items'), [['✖ overdue', 'a1', 'ana', '2026-03-14', 'Alert on full disks']]);
    assert.deepEqual(under(text, 'Reviews'), [['? due', 'formal', 'due 2026-03-15: Formal review']]);
    assert.deepEqual(under(text, 'To close it'), [['? open', 'lessons', 'Lessons are written down']]);
  });

  it('says DRILL first, and ends with what can be said', () => {
    const lines = render({ drill: true }).split('\n');
    assert.match(lines[0]!, /^DRILL P0/);
    assert.equal(lines.at(-1), 'You can role, severity, update, say, note, mitigate, resolve');
  });

  it('keeps to the width, and lets nothing of others reach the terminal', () => {
    const hostile = `\u001b[2J${'very long '.repeat(40)}\n\u0007`;
    const text = render(
      {
        title: hostile,
        status: hostile,
        impact: hostile,
        alerts: [{ fingerprint: 'a', summary: hostile, startsAt: at(0), firstSeenAt: at(1) }],
      },
      { width: 80 },
    );
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    assert.ok(!/[\u0000-\u0009\u000b-\u001f\u007f]/.test(text));
    for (const line of text.split('\n')) assert.ok(line.length <= 80, line);
  });

  it('paints only when colours are wanted', () => {
    assert.ok(!render().includes('\u001b'));
    assert.ok(render({}, { color: true }).startsWith('\u001b[1mP0 The shop is down'));
  });
});
