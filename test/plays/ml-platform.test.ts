import assert from 'node:assert/strict';
import { asWritten } from './received.ts';
import { playthrough, type Stage } from './stage.ts';

const raised = {
  labels: { alertname: 'RegionDown', region: 'us-west-2', severity: 'critical' },
  summary: 'The API answers nobody in us-west-2',
};

/** The night of a lost region: nobody wakes up at first, one update is forgotten, and the post-mortem comes late. */
async function night({ at, ask, run, clears, moment }: Stage): Promise<void> {
  await at('03:16');
  await ask('sre', 'acknowledge', {});
  await ask('sre', 'role', { role: 'operations', subject: 'second' });
  await ask('sre', 'role', { role: 'communications', subject: 'manager' });
  await at('03:17');
  await ask('manager', 'update', { audience: 'internal', impact: 'No customer gets an answer', progress: 'We move to us-east-1.' });
  await ask('manager', 'update', { audience: 'customers' });
  await at('03:20');
  const failover = { runbook: 'fail-over-region', title: 'Fail over to us-east-1', startedBy: 'second' };
  await run({ ...failover, state: 'inProgress', status: 'starts' });
  await at('03:30');
  await ask('manager', 'update', { audience: 'internal', progress: 'us-east-1 takes over.' });
  await at('03:31');
  await run({ ...failover, state: 'completed', status: 'us-east-1 serves' });
  await at('03:34');
  await ask('manager', 'update', { audience: 'customers', status: 'identified' });
  await at('03:36');
  await ask('second', 'mitigate', { how: 'us-east-1 serves everybody.' });
  await at('03:37');
  await ask('sre', 'severity', { severity: 'P1', reason: 'answers are slow, but everybody gets them' });
  await at('03:40');
  await clears();
  await at('03:46');
  await ask('manager', 'update', { audience: 'customers', impact: 'Answers may be slow' });
  await at('03:47');
  await ask('sre', 'resolve', { resolution: 'We serve from us-east-1', cause: 'us-west-2 lost its network' });
  await at('03:48');
  await ask('second', 'attest', { line: 'authentication is working', good: true, note: 'I have signed in' });
  await ask('second', 'attest', { line: 'logs are being collected', good: true, note: 'of every pod' });
  await ask('second', 'attest', { line: 'new transactions come in', good: true, note: 'the newest is of 03:47' });
  await ask('second', 'attest', { line: 'backups are running successfully', good: true, note: 'the one of 02:00' });
  await at('03:58');
  await ask('manager', 'update', { audience: 'internal' });
  await at('03:59');
  await ask('manager', 'update', { audience: 'customers' });
  await at('04:12');
  await ask('manager', 'update', { audience: 'customers' });
  await ask('manager', 'say', { impact: 'No customer got an answer for 38 minutes' });
  await at('day 2 02:00');
  await ask('sre', 'review', { review: 'first-day', notes: 'the meeting is on day 8' });
  await ask('sre', 'action', { text: 'Alert on a lost network', owner: 'second', dueAt: moment('day 3 09:00') });
  await at('day 3 10:00');
  await ask('second', 'action', { done: 'a1' });
  await at('day 8 10:00');
  await assert.rejects(ask('manager', 'close', {}));
  await ask('manager', 'review', { review: 'post-mortem', notes: 'all were there' });
  await ask('manager', 'say', { lessons: 'Practise the failover.' });
  await ask('manager', 'tick', { line: 'timeline' });
  await ask('manager', 'close', {});
}

const title = 'The API answers nobody in us-west-2';
const declared = `
    03:03 | [P0] ${title}
          | Channel: #incident-<day 1>-0303
          | Bridge: +1-555-0199
          | Incident Commander: not assigned yet
          | Impact: being assessed
          | Next Update: 03:18 UTC`;
const proposed = `- ${title} (since 02:58 UTC)
          | Suggested runbook: fail-over-region (all health checks of the primary region fail)
          | Acknowledge it to declare it, or dismiss it. It declares itself at 03:03 UTC if its alerts go on.`;
const atFirst = `03:17 | Time: <day 1> 03:17 UTC
          | Status: Investigating
          | Impact: No customer gets an answer
          | Next Update: 03:32 UTC
          |
          | Details:
          | We move to us-east-1.
          | - 03:00 - Alerts propose an incident: P0 <number> ${title}
          | - 03:03 - policy declares P0 <number> ${title}: its alerts go on
          | - 03:16 - SRE on call acknowledges`;
const atHalfPast = `03:30 | Time: <day 1> 03:30 UTC
          | Status: Investigating
          | Impact: No customer gets an answer
          | Next Update: 03:45 UTC
          |
          | Details:
          | us-east-1 takes over.
          | - 03:00 - Alerts propose an incident: P0 <number> ${title}
          | - 03:03 - policy declares P0 <number> ${title}: its alerts go on
          | - 03:16 - SRE on call acknowledges
          | - 03:20 - SRE starts "Fail over to us-east-1" (fail-over-region-1)`;
const atLast = (time: string) => `Time: <day 1> ${time} UTC
          | Status: Monitoring
          | Impact: Answers may be slow
          | Next Update: <next> UTC
          |
          | Details:
          | us-east-1 serves everybody.
          | - 03:31 - "Fail over to us-east-1": completed: us-east-1 serves
          | - 03:36 - SRE says that it is mitigated since <day 1> 03:36 UTC: us-east-1 serves everybody.
          | - 03:37 - SRE on call lowers the severity from P0 to P1: answers are slow, but everybody gets them
          | - 03:47 - SRE on call says that it is resolved: We serve from us-east-1; verification begins
          | - 03:48 - Verified; stability is watched until 04:18 UTC`;
const toCustomers = (status: string, impact: string, next: string) => `Status: ${status}
          | We have reports of issues with the ML Platform API. We will provide updates as we learn more.
          |
          | Impact: ${impact}
          | Next Update: ${next} UTC`;
const restored = `Status: RESOLVED
          | Time: <day 1> 04:18 UTC
          |
          | We have resolved the issue affecting the ML Platform API. All systems are now operating normally.
          |
          | Summary:
          | - Issue started at <day 1> 02:58 UTC
          | - Root cause: us-west-2 lost its network
          | - Resolution: We serve from us-east-1
          | - Impact: No customer got an answer for 38 minutes
          |
          | We will be conducting a post-incident review to prevent similar issues in the future.`;
const mailed = `
    03:00 | Subject: Proposed: P0 <number> ${title}
          | Proposed by alerts: P0 <number> ${title}
          | ${proposed}
    03:03 | Subject: [P0] ${title}
${declared.replace('\n    03:03 |', '          |')}`;
const mailedAtLast = `
    04:18 | Subject: RESOLVED: ${title}
          | ${restored}`;

describe('a region of the ML Platform is lost (P0)', function () {
  this.timeout(120_000);

  it('is played from its alert until it is closed, and everybody gets what the runbook says, when it says it', async () => {
    const { got, end } = await playthrough('ml-platform', raised, night);
    assert.deepEqual([end.state, end.kept], ['closed', { internal: { due: 3, kept: 3 }, customers: { due: 6, kept: 5 } }]);
    assert.deepEqual(
      got,
      asWritten({
        PagerDuty: `
    03:00 | trigger <number> critical: Proposed: P0 <number> ${title}
    03:03 | trigger <number> critical: [P0] ${title}
    03:16 | acknowledge <number>
    04:18 | resolve <number>`,
        'status page': `
    03:17 | investigating, API major_outage: Issues with the ML Platform API
          | ${toCustomers('Investigating', 'No customer gets an answer', '03:32')}
    03:34 | identified, API major_outage: Issues with the ML Platform API
          | ${toCustomers('Identified', 'No customer gets an answer', '03:49')}
    03:46 | monitoring, API degraded_performance: Issues with the ML Platform API
          | ${toCustomers('Monitoring', 'Answers may be slow', '04:01')}
    03:59 | monitoring, API degraded_performance: Issues with the ML Platform API
          | ${toCustomers('Monitoring', 'Answers may be slow', '04:14')}
    04:12 | monitoring, API degraded_performance: Issues with the ML Platform API
          | ${toCustomers('Monitoring', 'Answers may be slow', '04:27')}
    04:18 | resolved, API operational: Issues with the ML Platform API
          | ${restored}`,
        ticket: `
    03:03 | opened: [P0] ${title} (P0; inference)
          | Priority: P0
          | Components: the ML Platform API
          | Impact: being assessed
    03:17 | comment: ${atFirst.slice(8)}
    03:30 | comment: ${atHalfPast.slice(8)}
    03:37 | comment: P1 <number> ${title}: severity lowered from P0 to P1: answers are slow, but everybody gets them
    03:58 | comment: ${atLast('03:58').replace('<next>', '04:28')}
    04:18 | comment: ${restored}
    day 8
    10:00 | moved to Done
    10:00 | comment: P1 <number> ${title}: closed by Engineering Manager.`,
        'mail to manager@example.com': `${mailed}
    03:15 | Subject: [P0] ${title}: Engineering Manager: nobody has acknowledged
          | [P0] ${title} (<number>)
          | Escalated to Engineering Manager: nobody has acknowledged
          | Impact: being assessed
          | Bridge: +1-555-0199
    03:32 | Subject: P0 <number> ${title}: the update to customers that was due at 03:32 UTC was not sent.
          | P0 <number> ${title}: the update to customers that was due at 03:32 UTC was not sent.${mailedAtLast}
    day 7
    04:18 | Subject: P1 <number> ${title}: Post-mortem is due at <day 8> 04:18 UTC.
          | P1 <number> ${title}: Post-mortem is due at <day 8> 04:18 UTC.
    day 8
    04:18 | Subject: P1 <number> ${title}: Post-mortem is overdue since <day 8> 04:18 UTC.
          | P1 <number> ${title}: Post-mortem is overdue since <day 8> 04:18 UTC.`,
        'mail to product@example.com': `${mailed}${mailedAtLast}`,
        'mail to support@example.com': `${mailed}
    03:32 | Subject: P0 <number> ${title}: the update to customers that was due at 03:32 UTC was not sent.
          | P0 <number> ${title}: the update to customers that was due at 03:32 UTC was not sent.${mailedAtLast}`,
        'Slack @manager': `
    03:00 | Proposed by alerts: P0 <number> ${title}
          | ${proposed}${declared}
    03:15 | [P0] ${title} (<number>)
          | Escalated to Engineering Manager: nobody has acknowledged
          | Impact: being assessed
          | Bridge: +1-555-0199
    03:32 | P0 <number> ${title}: the update to customers that was due at 03:32 UTC was not sent.
    04:18 | ${restored}
    day 7
    04:18 | P1 <number> ${title}: Post-mortem is due at <day 8> 04:18 UTC.
    day 8
    04:18 | P1 <number> ${title}: Post-mortem is overdue since <day 8> 04:18 UTC.`,
        'Slack @sre': `
    day 2
    00:18 | P1 <number> ${title}: Post-incident ticket, meeting, timeline, metrics, logs and evidence is due at <day 2> 04:18 UTC.
    day 7
    04:18 | P1 <number> ${title}: Post-mortem is due at <day 8> 04:18 UTC.
    day 8
    04:18 | P1 <number> ${title}: Post-mortem is overdue since <day 8> 04:18 UTC.`,
        'Slack #incidents': `
    03:00 | Proposed by alerts: P0 <number> ${title}
          | ${proposed}${declared}
    03:15 | P0 <number> ${title}: nobody has acknowledged within the time of P0.
    03:16 | P0 <number> ${title}: acknowledged by SRE on call.
    ${atFirst}
    ${atHalfPast}
    03:36 | P0 <number> ${title}: mitigated: us-east-1 serves everybody.
    03:37 | P1 <number> ${title}: severity lowered from P0 to P1: answers are slow, but everybody gets them
    03:58 | ${atLast('03:58').replace('<next>', '04:28')}
    04:18 | ${restored}
    day 3
    09:00 | P1 <number> ${title}: action item "Alert on a lost network" of SRE is due since <day 3> 09:00 UTC.
    day 8
    10:00 | P1 <number> ${title}: closed by Engineering Manager.`,
        'Slack #incident-<day 1>-0303': `
    03:03 | channel opened
    03:03 | purpose: <number>: ${title}
    03:03 | topic: P0 <number> ${title} | Bridge: +1-555-0199${declared}
    03:13 | P0 <number> ${title}: the update to the team is due at 03:18 UTC. It would say:
          | Time: <day 1> 03:13 UTC
          | Status: Investigating
          | Impact: being assessed
          | Next Update: 03:33 UTC
          |
          | Details:
          | The team is investigating.
          | - 03:00 - Alerts propose an incident: P0 <number> ${title}
          | - 03:03 - policy declares P0 <number> ${title}: its alerts go on
    03:13 | P0 <number> ${title}: the update to customers is due at 03:18 UTC and leaves by itself then. It would say:
          | ${toCustomers('Investigating', 'problems with the ML Platform API', '03:33')}
    03:15 | P0 <number> ${title}: nobody has acknowledged within the time of P0.
    03:15 | [P0] ${title} (<number>)
          | Escalated to Engineering Manager: nobody has acknowledged
          | Impact: being assessed
          | Bridge: +1-555-0199
    03:16 | P0 <number> ${title}: acknowledged by SRE on call.
    03:16 | P0 <number> ${title}: Operations is SRE.
    03:16 | P0 <number> ${title}: Communications is Engineering Manager.
    ${atFirst}
    03:27 | P0 <number> ${title}: the update to the team is due at 03:32 UTC. It would say:
          | Time: <day 1> 03:27 UTC
          | Status: Investigating
          | Impact: No customer gets an answer
          | Next Update: 03:47 UTC
          |
          | Details:
          | We move to us-east-1.
          | - 03:00 - Alerts propose an incident: P0 <number> ${title}
          | - 03:03 - policy declares P0 <number> ${title}: its alerts go on
          | - 03:16 - SRE on call acknowledges
          | - 03:20 - SRE starts "Fail over to us-east-1" (fail-over-region-1)
    03:27 | P0 <number> ${title}: the update to customers is due at 03:32 UTC. It would say:
          | ${toCustomers('Investigating', 'No customer gets an answer', '03:47')}
    ${atHalfPast}
    03:32 | P0 <number> ${title}: the update to customers that was due at 03:32 UTC was not sent.
    03:36 | P0 <number> ${title}: mitigated: us-east-1 serves everybody.
    03:37 | P1 <number> ${title}: severity lowered from P0 to P1: answers are slow, but everybody gets them
    03:40 | P1 <number> ${title}: all of its alerts are cleared.
    03:44 | P1 <number> ${title}: the update to customers is due at 03:49 UTC. It would say:
          | ${toCustomers('Monitoring', 'No customer gets an answer', '04:04')}
    03:47 | P1 <number> ${title}: only a person can tell; look, and attest:
          | - new transactions come in: Did transactions come in within the last hour that customers could write?
          | - authentication is working: Can a user sign in?
          | - logs are being collected: Are there logs of the last minutes, of every pod?
          | - backups are running successfully: Did the last backup end well?
    03:55 | P1 <number> ${title}: the update to the team is due at 04:00 UTC. It would say:
          | ${atLast('03:55').replace('<next>', '04:30')}
    03:56 | P1 <number> ${title}: the update to customers is due at 04:01 UTC. It would say:
          | ${toCustomers('Monitoring', 'Answers may be slow', '04:16')}
    03:58 | ${atLast('03:58').replace('<next>', '04:28')}
    04:09 | P1 <number> ${title}: the update to customers is due at 04:14 UTC. It would say:
          | ${toCustomers('Monitoring', 'Answers may be slow', '04:29')}
    04:18 | ${restored}
    day 2
    00:18 | P1 <number> ${title}: Post-incident ticket, meeting, timeline, metrics, logs and evidence is due at <day 2> 04:18 UTC.
    02:00 | P1 <number> ${title}: action item for SRE: Alert on a lost network
    day 3
    09:00 | P1 <number> ${title}: action item "Alert on a lost network" of SRE is due since <day 3> 09:00 UTC.
    day 7
    04:18 | P1 <number> ${title}: Post-mortem is due at <day 8> 04:18 UTC.
    day 8
    04:18 | P1 <number> ${title}: Post-mortem is overdue since <day 8> 04:18 UTC.
    10:00 | P1 <number> ${title}: closed by Engineering Manager.`,
      }),
    );
  });
});
