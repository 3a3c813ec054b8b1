import assert from 'node:assert/strict';
import { asWritten } from './received.ts';
import { playthrough, type Stage } from './stage.ts';

const title = 'Pynomaly answers nobody';
const raised = { labels: { alertname: 'SystemDown', severity: 'critical' }, summary: title };

/** Nobody answers for an hour, so that its whole ladder climbs; then the release is rolled back. */
async function night({ at, ask, run, clears, moment }: Stage): Promise<void> {
  await at('04:02');
  await ask('lead', 'acknowledge', {});
  await ask('lead', 'role', { role: 'operations', subject: 'on-call' });
  await ask('lead', 'role', { role: 'communications', subject: 'lead' });
  await at('04:07');
  const rollback = { runbook: 'roll-back-deployment', title: 'Roll Pynomaly back', startedBy: 'on-call' };
  await run({ ...rollback, state: 'inProgress', status: 'starts' });
  await at('04:10');
  await run({ ...rollback, state: 'completed', status: 'the release before is back' });
  await at('04:11');
  await ask('lead', 'update', { audience: 'customers', impact: 'Nobody can sign in' });
  await at('04:20');
  await ask('lead', 'mitigate', { how: 'The release before is back.' });
  await at('04:25');
  await clears();
  await at('04:28');
  await ask('lead', 'update', { audience: 'internal' });
  await at('04:32');
  await ask('lead', 'update', { audience: 'customers', impact: 'You can sign in again' });
  await at('04:33');
  await ask('lead', 'resolve', { resolution: 'Rolled back', cause: 'The release leaks memory' });
  await at('04:34');
  await ask('lead', 'attest', { line: 'synthetic tests pass', good: true, note: 'all of them' });
  await ask('lead', 'attest', { line: 'users can work', good: true, note: 'all of them' });
  await at('04:40');
  await ask('lead', 'update', { audience: 'internal' });
  await at('04:52');
  await ask('lead', 'update', { audience: 'internal' });
  await at('04:58');
  await ask('lead', 'update', { audience: 'customers' });
  await at('day 2 10:00');
  await ask('lead', 'action', { text: 'Test for leaks', owner: 'on-call', dueAt: moment('day 3 09:00') });
  await at('day 3 10:00');
  await ask('on-call', 'action', { done: 'a1' });
  await at('day 7 10:00');
  await ask('lead', 'review', { review: 'debrief', notes: 'all were there' });
  for (const line of ['timeline', 'monitoring', 'runbook']) await ask('lead', 'tick', { line });
  await assert.rejects(ask('lead', 'close', {}));
  await ask('lead', 'tick', { line: 'debrief' });
  await ask('lead', 'close', {});
}

const proposed = `Proposed by alerts: P0 <number> ${title}
          | - ${title} (since 02:58 UTC)
          | Suggested runbook: service-down (nobody can use it)
          | Acknowledge it to declare it, or dismiss it.`;
const rung = (to: string) => `🚨 SYSTEM DOWN - P0 <number>: ${title}
          | Escalated to ${to}
          | Impact: being assessed`;
const mailedRung = (to: string) => `Subject: SYSTEM DOWN - P0: ${to}
          | ${rung(to)}`;
const [lead, vp, cto] = ['Engineering Lead', 'VP Engineering', 'CTO'].map((to) => `${to}: nobody has acknowledged`) as [
  string,
  string,
  string,
];
const executives = 'CTO, Executives: nobody has acknowledged; executive communication is required';
const notSent = `P0 <number> ${title}: the update to the team that was due at 04:17 UTC was not sent.`;
const restored = '✅ System restored at <day 1> 05:04 UTC. All services operational.';
const mailedRestored = `Subject: System restored: ${title}
          | ${restored}`;
const due = `P0 <number> ${title}: Team debrief is due at <day 8> 05:04 UTC.`;
const update = (status: string, impact: string, done: string, next: string, nextUpdate: string) => `🚨 SYSTEM DOWN - P0 <number>: ${status}
          | Impact: ${impact}
          | Done: ${done}
          | Next: ${next}
          | Next update: ${nextUpdate} UTC`;
const watched = (impact: string, nextUpdate: string) =>
  update('Monitoring', impact, 'The release before is back.', 'Watch that it stays well.', nextUpdate);
const again = 'You can sign in again';
const remind = (
  who: string,
  time: string,
  itself = '',
) => `P0 <number> ${title}: the update to ${who} is due at ${time} UTC${itself}. It would say:
          | `;

describe('Pynomaly on AWS is down (P0)', function () {
  this.timeout(120_000);

  it('is played from its alert until it is closed, and everybody gets what the runbook says, when it says it', async () => {
    const { got, end } = await playthrough('pynomaly-aws', raised, night);
    assert.deepEqual([end.state, end.kept], ['closed', { internal: { due: 4, kept: 3 }, customers: { due: 4, kept: 4 } }]);
    assert.deepEqual(
      got,
      asWritten({
        PagerDuty: `
    03:00 | trigger <number> critical: Proposed: P0 <number> ${title}
    04:02 | trigger <number> critical: SYSTEM DOWN - P0: ${title}
    04:02 | acknowledge <number>
    05:04 | resolve <number>`,
        'status page': `
    04:07 | investigating, API major_outage: System Outage
          | problems with Pynomaly
          | Next update: 04:37 UTC
    04:11 | investigating, API major_outage: System Outage
          | Nobody can sign in
          | Next update: 04:41 UTC
    04:32 | monitoring, API degraded_performance: System Outage
          | You can sign in again
          | Next update: 05:02 UTC
    04:58 | monitoring, API degraded_performance: System Outage
          | You can sign in again
          | Next update: 05:28 UTC
    05:04 | resolved, API operational: System Outage
          | System fully restored at <day 1> 05:04 UTC`,
        'mail to lead@example.com': `
    03:15 | ${mailedRung(lead)}
    04:17 | Subject: ${notSent}
          | ${notSent}
    05:04 | ${mailedRestored}
    day 7
    05:04 | Subject: ${due}
          | ${due}`,
        'mail to vp@example.com': `
    03:30 | ${mailedRung(vp)}
    05:04 | ${mailedRestored}`,
        'mail to cto@example.com': `
    03:45 | ${mailedRung(cto)}
    04:00 | ${mailedRung(executives)}
    05:04 | ${mailedRestored}`,
        'mail to executives@example.com': `
    04:00 | ${mailedRung(executives)}
    05:04 | ${mailedRestored}`,
        'mail to devops@example.com': `
    day 7
    05:04 | Subject: ${due}
          | ${due}`,
        'Slack @lead': `
    03:15 | ${rung(lead)}
    04:17 | ${notSent}
    05:04 | ${restored}
    day 7
    05:04 | ${due}`,
        'Slack @vp': `
    03:30 | ${rung(vp)}
    05:04 | ${restored}`,
        'Slack @cto': `
    03:45 | ${rung(cto)}
    04:00 | ${rung(executives)}
    05:04 | ${restored}`,
        'Slack #pynomaly-incidents': `
    03:00 | ${proposed}
    03:05 | P0 <number> ${title}: nobody has acknowledged within the time of P0.
    03:15 | ${rung(lead)}
    03:30 | ${rung(vp)}
    03:45 | ${rung(cto)}
    04:00 | ${rung(executives)}
    04:02 | 🚨 SYSTEM DOWN - P0 Incident detected at <day 1> 03:00 UTC. Investigating...
    04:02 | P0 <number> ${title}: acknowledged by Engineering Lead.
    04:02 | ${remind('customers', '04:07', ' and leaves by itself then')}problems with Pynomaly
          | Next update: 04:37 UTC
    04:02 | P0 <number> ${title}: Operations is Engineer on call.
    04:12 | ${remind('the team', '04:17')}${update('Investigating', 'Nobody can sign in', 'Roll Pynomaly back: the release before is back', 'Find the cause.', '04:32')}
    04:17 | ${notSent}
    04:20 | P0 <number> ${title}: mitigated: The release before is back.
    04:25 | P0 <number> ${title}: all of its alerts are cleared.
    04:27 | ${remind('the team', '04:32')}${watched('Nobody can sign in', '04:47')}
    04:28 | ${watched('Nobody can sign in', '04:43')}
    04:33 | P0 <number> ${title}: only a person can tell; look, and attest:
          | - synthetic tests pass: Did ./scripts/testing/smoke-test.sh pass?
          | - users can work: Did ./scripts/testing/user-journey-test.sh pass?
    04:38 | ${remind('the team', '04:43')}${watched(again, '04:58')}
    04:40 | ${watched(again, '04:55')}
    04:50 | ${remind('the team', '04:55')}${watched(again, '05:10')}
    04:52 | ${watched(again, '05:07')}
    04:57 | ${remind('customers', '05:02')}You can sign in again
          | Next update: 05:32 UTC
    05:02 | ${remind('the team', '05:07')}${watched(again, '05:22')}
    05:04 | ${restored}
    day 2
    10:00 | P0 <number> ${title}: action item for Engineer on call: Test for leaks
    day 3
    09:00 | P0 <number> ${title}: action item "Test for leaks" of Engineer on call is due since <day 3> 09:00 UTC.
    day 7
    05:04 | ${due}
    10:00 | P0 <number> ${title}: closed by Engineering Lead.`,
      }),
    );
  });
});
