import assert from 'node:assert/strict';
import { asWritten } from './received.ts';
import { playthrough, type Stage } from './stage.ts';

const title = 'Pods of pynomaly-prod crash';
const raised = { labels: { alertname: 'PodsCrashing', namespace: 'pynomaly-prod', deployment: 'pynomaly-prod-app' }, summary: title };

/** It begins as a P1 and is raised to a P0, which has a shorter cadence and must be acknowledged anew. */
async function night({ at, ask, run, clears, moment }: Stage): Promise<void> {
  await at('03:32');
  await ask('devops', 'acknowledge', {});
  await ask('devops', 'role', { role: 'operations', subject: 'platform' });
  await ask('devops', 'role', { role: 'communications', subject: 'manager' });
  await at('03:35');
  await ask('manager', 'update', { audience: 'customers', impact: 'Half of the requests fail' });
  await at('03:36');
  await ask('devops', 'severity', { severity: 'P0', reason: 'every request fails' });
  await at('03:38');
  await ask('platform', 'acknowledge', {});
  await ask('devops', 'role', { role: 'expert', subject: 'platform' });
  await at('03:40');
  const rollback = { runbook: 'roll-back-deployment', title: 'Roll Pynomaly back', startedBy: 'platform' };
  await run({ ...rollback, state: 'inProgress', status: 'starts' });
  await at('03:44');
  await ask('manager', 'update', { audience: 'internal', status: 'identified', impact: 'Every request fails' });
  await at('03:46');
  await run({ ...rollback, state: 'completed', status: 'it is back' });
  await at('03:48');
  await ask('platform', 'mitigate', { how: 'The release before is back.' });
  await at('03:50');
  await clears();
  await at('04:02');
  await ask('manager', 'update', { audience: 'customers', impact: 'Everything works again' });
  await at('04:03');
  await ask('devops', 'resolve', { resolution: 'Rolled back', cause: 'A bad release' });
  await at('04:04');
  await ask('platform', 'attest', { line: 'the smoke tests pass', good: true, note: 'all of them' });
  await at('04:11');
  await ask('manager', 'update', { audience: 'internal' });
  await at('04:23');
  await ask('manager', 'update', { audience: 'internal' });
  await at('04:29');
  await ask('manager', 'update', { audience: 'customers' });
  await ask('manager', 'say', { impact: 'Every request failed for 16 minutes' });
  await at('day 2 02:00');
  await ask('devops', 'review', { review: 'first', notes: 'all were there' });
  await ask('devops', 'action', { text: 'Try releases first', owner: 'platform', dueAt: moment('day 3 09:00') });
  await at('day 3 10:00');
  await ask('platform', 'action', { done: 'a1' });
  await at('day 7 10:00');
  await ask('manager', 'review', { review: 'formal', notes: 'all were there' });
  await ask('manager', 'tick', { line: 'timeline' });
  await assert.rejects(ask('manager', 'close', {}));
  await ask('manager', 'say', { lessons: 'Release to a few first.' });
  await ask('manager', 'close', {});
}

const proposed = `Proposed by alerts: P1 <number> ${title}
          | - ${title} (since 02:58 UTC)
          | Suggested runbook: pods-crash-looping (pods crash; why they do is looked at before a release goes back)
          | Acknowledge it to declare it, or dismiss it.`;
const contact = `## Contact
          | For questions: #pynomaly-alerts or pynomaly-ops@company.com`;
const rung = `**Escalation** of <number>: ${title}
          | **Severity**: P1
          | **To**: Platform Engineer (secondary): nobody has acknowledged
          | **Impact**: being assessed`;
const declared = `# Incident: ${title}
          |
          | **Incident ID**: <number>
          | **Status**: INVESTIGATING
          | **Severity**: P1
          | **Impact**: being assessed
          | **Incident Commander**: DevOps engineer on call
          |
          | ## Next Update
          | 04:02 UTC
          |
          | ${contact}`;
const update = (status: string, impact: string, progress: string, next: string) => `# Incident Update: ${title}
          |
          | **Status**: ${status}
          | **Severity**: P0
          | **Impact**: ${impact}
          | **ETA**: not known yet
          |
          | ## Current Status
          | ${progress}
          |
          | ## Next Update
          | ${next} UTC
          |
          | ${contact}`;
const first = update('IDENTIFIED', 'Every request fails', 'Roll Pynomaly back: starts', '03:59');
const back = 'The release before is back.';
const watched = (next: string) => update('MONITORING', 'Everything works again', back, next);
const toCustomers = (status: string, impact: string, progress: string, next: string) => `**Status**: ${status}
          | **Impact**: ${impact}
          | **ETA**: not known yet
          |
          | ## Current Status
          | ${progress}
          |
          | ## Next Update
          | ${next} UTC`;
const severity = `P0 <number> ${title}: severity raised from P1 to P0: every request fails`;
const notSent = `P0 <number> ${title}: the update to the team that was due at 03:59 UTC was not sent.`;
const resolved = `# Incident Update: ${title}
          |
          | **Status**: RESOLVED
          | **Severity**: P0
          | **Duration**: 1 h 36 min
          |
          | ## Root Cause
          | A bad release
          |
          | ## Resolution
          | Rolled back
          |
          | ${contact}`;
const review = `P0 <number> ${title}: Immediate post-incident review is due at <day 2> 04:34 UTC.`;
const formal = `P0 <number> ${title}: Formal post-incident review is due at <day 8> 04:34 UTC.`;
const remind = (who: string, time: string) => `P0 <number> ${title}: the update to ${who} is due at ${time} UTC. It would say:
          | `;

describe('pods of Pynomaly on Kubernetes crash (P1, then P0)', function () {
  this.timeout(120_000);

  it('is played from its alert until it is closed, and everybody gets what the runbook says, when it says it', async () => {
    const { got, end } = await playthrough('pynomaly-kubernetes', raised, night);
    assert.deepEqual([end.state, end.kept], ['closed', { internal: { due: 4, kept: 3 }, customers: { due: 3, kept: 3 } }]);
    assert.deepEqual(
      got,
      asWritten({
        PagerDuty: `
    03:00 | trigger <number> error: Proposed: P1 <number> ${title}
    03:32 | trigger <number> error: [P1] ${title}
    03:32 | acknowledge <number>
    03:36 | trigger <number>/severity/2 critical: ${severity}
    03:38 | acknowledge <number>
    03:38 | acknowledge <number>/severity/2
    04:34 | resolve <number>
    04:34 | resolve <number>/severity/2`,
        'status page': `
    03:35 | investigating, API partial_outage: Incident Update: ${title}
          | ${toCustomers('INVESTIGATING', 'Half of the requests fail', 'The team is investigating.', '04:35')}
    04:02 | monitoring, API degraded_performance: Incident Update: ${title}
          | ${toCustomers('MONITORING', 'Everything works again', back, '04:32')}
    04:29 | monitoring, API degraded_performance: Incident Update: ${title}
          | ${toCustomers('MONITORING', 'Everything works again', back, '04:59')}
    04:34 | resolved, API operational: Incident Update: ${title}
          | **Status**: RESOLVED
          | **Impact**: Every request failed for 16 minutes
          | **Duration**: 1 h 36 min
          |
          | This incident is resolved.`,
        'mail to ops@example.com': `
    03:00 | Subject: Proposed: P1 <number> ${title}
          | ${proposed}
    03:32 | Subject: [P1] ${title}
          | ${declared}
    03:36 | Subject: ${severity}
          | ${severity}
    04:34 | Subject: Incident Update: ${title}
          | ${resolved}
    day 2
    00:34 | Subject: ${review}
          | ${review}
    day 7
    04:34 | Subject: ${formal}
          | ${formal}`,
        'mail to manager@example.com': `
    03:59 | Subject: ${notSent}
          | ${notSent}
    04:34 | Subject: Incident Update: ${title}
          | ${resolved}
    day 7
    04:34 | Subject: ${formal}
          | ${formal}`,
        'Slack @platform': `
    03:30 | ${rung}
    04:34 | ${resolved}`,
        'Slack @manager': `
    03:59 | ${notSent}
    04:34 | ${resolved}
    day 7
    04:34 | ${formal}`,
        'Slack #pynomaly-alerts': `
    03:00 | ${proposed}
    03:30 | P1 <number> ${title}: nobody has acknowledged within the time of P1.
    03:30 | ${rung}
    03:32 | ${declared}
    03:32 | P1 <number> ${title}: acknowledged by DevOps engineer on call.
    03:36 | ${severity}
    03:38 | P0 <number> ${title}: acknowledged by Platform engineer on call.
    03:44 | ${first}
    03:48 | P0 <number> ${title}: mitigated: ${back}
    04:11 | ${watched('04:26')}
    04:23 | ${watched('04:38')}
    04:34 | ${resolved}
    day 3
    09:00 | P0 <number> ${title}: action item "Try releases first" of Platform engineer on call is due since <day 3> 09:00 UTC.
    day 7
    10:00 | P0 <number> ${title}: closed by Engineering manager.`,
        'Slack #incident-<day 1>-0332': `
    03:32 | channel opened
    03:32 | purpose: <number>: ${title}
    03:32 | topic: P1 <number> ${title}
    03:32 | ${declared}
    03:32 | P1 <number> ${title}: acknowledged by DevOps engineer on call.
    03:32 | P1 <number> ${title}: Technical Lead is Platform engineer on call.
    03:32 | P1 <number> ${title}: Communications Lead is Engineering manager.
    03:36 | ${severity}
    03:38 | P0 <number> ${title}: acknowledged by Platform engineer on call.
    03:38 | P0 <number> ${title}: Subject Matter Expert is Platform engineer on call.
    03:42 | ${remind('the team', '03:47')}${update('INVESTIGATING', 'Half of the requests fail', 'Roll Pynomaly back: starts', '04:02')}
    03:44 | ${first}
    03:48 | P0 <number> ${title}: mitigated: ${back}
    03:50 | P0 <number> ${title}: all of its alerts are cleared.
    03:54 | ${remind('the team', '03:59')}${update('MONITORING', 'Every request fails', back, '04:14')}
    03:59 | ${notSent}
    04:00 | ${remind('customers', '04:05')}${toCustomers('MONITORING', 'Every request fails', back, '04:35')}
    04:03 | P0 <number> ${title}: only a person can tell; look, and attest:
          | - the smoke tests pass: Did ./scripts/smoke_tests.sh pass?
    04:09 | ${remind('the team', '04:14')}${watched('04:29')}
    04:11 | ${watched('04:26')}
    04:21 | ${remind('the team', '04:26')}${watched('04:41')}
    04:23 | ${watched('04:38')}
    04:27 | ${remind('customers', '04:32')}${toCustomers('MONITORING', 'Everything works again', back, '05:02')}
    04:33 | ${remind('the team', '04:38')}${update('MONITORING', 'Every request failed for 16 minutes', back, '04:53')}
    04:34 | ${resolved}
    day 2
    00:34 | ${review}
    02:00 | P0 <number> ${title}: action item for Platform engineer on call: Try releases first
    day 3
    09:00 | P0 <number> ${title}: action item "Try releases first" of Platform engineer on call is due since <day 3> 09:00 UTC.
    day 7
    04:34 | ${formal}
    10:00 | P0 <number> ${title}: closed by Engineering manager.`,
      }),
    );
  });
});
