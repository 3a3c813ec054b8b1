import assert from 'node:assert/strict';
import { asWritten } from './received.ts';
import { playthrough, type Stage } from './stage.ts';

const title = 'The health check fails';
const raised = { labels: { alertname: 'ApplicationDown', namespace: 'insights' }, summary: title };

/** The second on call is asked too; the deployment is rolled back, and customers wait for one update. */
async function night({ at, ask, run, clears, moment }: Stage): Promise<void> {
  await at('03:20');
  await ask('primary', 'acknowledge', {});
  await ask('primary', 'role', { role: 'operations', subject: 'secondary' });
  await ask('primary', 'role', { role: 'communications', subject: 'lead' });
  await at('03:25');
  await ask('lead', 'update', { audience: 'customers', impact: 'clusterings that fail', users: 'errors' });
  await at('03:27');
  const rollback = { runbook: 'roll-back-deployment', title: 'Roll insights back', startedBy: 'primary' };
  await run({ ...rollback, state: 'inProgress', status: 'starts' });
  await at('03:30');
  await run({ ...rollback, state: 'completed', status: 'the release before is back' });
  await at('03:40');
  await ask('lead', 'update', { audience: 'internal', status: 'identified' });
  await at('03:42');
  await ask('primary', 'mitigate', { how: 'The release before is back.' });
  await at('03:45');
  await clears();
  await at('03:57');
  await ask('lead', 'update', { audience: 'customers' });
  await at('04:07');
  await ask('lead', 'update', { audience: 'internal' });
  await at('04:08');
  await ask('primary', 'resolve', { resolution: 'Rolled back', cause: 'A leak' });
  await at('04:09');
  await ask('secondary', 'attest', { line: 'the integration tests pass', good: true, note: 'all of them' });
  await at('04:24');
  await ask('lead', 'update', { audience: 'customers' });
  await at('04:34');
  await ask('lead', 'update', { audience: 'internal' });
  await at('day 2 02:00');
  await ask('primary', 'review', { review: 'review', notes: 'all were there' });
  await ask('primary', 'action', { text: 'Watch the memory', owner: 'secondary', dueAt: moment('day 3 09:00') });
  await ask('primary', 'say', { lessons: 'Test for leaks.' });
  await at('day 3 10:00');
  await ask('secondary', 'action', { done: 'a1' });
  await at('day 7 10:00');
  await assert.rejects(ask('manager', 'close', {}));
  await ask('manager', 'tick', { line: 'timeline' });
  await ask('manager', 'close', {});
}

const proposed = `Proposed by alerts: P1 <number> ${title}
          | - ${title} (since 02:58 UTC)
          | Suggested runbook: service-down (nobody can use it)
          | Acknowledge it to declare it, or dismiss it.`;
const declared = `**Incident <number>** (P1): ${title}
          |
          | **Status**: Investigating
          | **Impact**: being assessed
          | **Next Update**: 03:50 UTC`;
const rung = `**Escalation - <number>** (P1): ${title}
          |
          | **To**: Secondary On-call: nobody has acknowledged
          | **Impact**: being assessed`;
const doings = {
  declares: `03:20 - Primary on-call declares P1 <number> ${title}: acknowledged`,
  acknowledges: '03:20 - Primary on-call acknowledges',
  starts: '03:27 - Primary on-call starts "Roll insights back" (roll-back-deployment-1)',
  completed: '03:30 - "Roll insights back": completed: the release before is back',
  mitigated: '03:42 - Primary on-call says that it is mitigated since <day 1> 03:42 UTC: The release before is back.',
  resolves: '04:08 - Primary on-call says that it is resolved: Rolled back; verification begins',
  verified: '04:09 - Verified; stability is watched until 04:39 UTC',
};
const update = (status: string, next: string, did: string[], steps: string) => `**Incident Update - <number>**
          |
          | **Status**: ${status}
          | **Impact**: clusterings that fail
          | **Next Update**: ${next} UTC
          |
          | **Actions Taken**:
          | ${did.map((line) => `- ${line}`).join('\n          | ')}
          |
          | **Next Steps**:
          | - ${steps}`;
const { declares, acknowledges, starts, completed, mitigated, resolves, verified } = doings;
const proposes = `03:00 - Alerts propose an incident: P1 <number> ${title}`;
const first = update('Identified', '04:10', [proposes, declares, acknowledges, starts, completed], 'Find the cause.');
const second = (next: string) =>
  update('Monitoring', next, [declares, acknowledges, starts, completed, mitigated], 'Watch that it stays well.');
const third = (next: string) => update('Monitoring', next, [starts, completed, mitigated, resolves, verified], 'Watch that it stays well.');
const toCustomers = (next: string) => `We are currently experiencing clusterings that fail.
          | Our team is actively working to resolve this issue.
          |
          | **Impact**: Users may experience errors
          | **ETA**: not known yet
          |
          | Next update ${next} UTC.`;
const notSent = `P1 <number> ${title}: the update to customers that was due at 03:55 UTC was not sent.`;
const resolved = `**Incident Update - <number>**
          |
          | **Status**: Resolved
          | **Resolution**: Rolled back
          | **Root cause**: A leak
          | **Duration**: 1 h 41 min`;
const mailedResolved = `Subject: Incident Update - <number>
          | ${resolved}`;
const review = `P1 <number> ${title}: Blameless review meeting of one hour, with all responders is due at <day 2> 04:39 UTC.`;
const followUp = `P1 <number> ${title}: Action items in the next team meeting is due at <day 8> 04:39 UTC.`;
const remind = (who: string, time: string) => `P1 <number> ${title}: the update to ${who} is due at ${time} UTC. It would say:
          | `;

describe('Observer Coordinator Insights is down (P1)', function () {
  this.timeout(120_000);

  it('is played from its alert until it is closed, and everybody gets what the runbook says, when it says it', async () => {
    const { got, end } = await playthrough('observer-coordinator', raised, night);
    assert.deepEqual([end.state, end.kept], ['closed', { internal: { due: 3, kept: 3 }, customers: { due: 4, kept: 3 } }]);
    assert.deepEqual(
      got,
      asWritten({
        PagerDuty: `
    03:00 | trigger <number> critical: Proposed: P1 <number> ${title}
    03:20 | trigger <number> critical: Incident <number> (P1): ${title}
    03:20 | acknowledge <number>
    04:39 | resolve <number>`,
        'status page': `
    03:25 | investigating, API major_outage: Service Degradation - Clustering Analysis
          | ${toCustomers('03:55')}
    03:57 | monitoring, API degraded_performance: Service Degradation - Clustering Analysis
          | ${toCustomers('04:27')}
    04:24 | monitoring, API degraded_performance: Service Degradation - Clustering Analysis
          | ${toCustomers('04:54')}
    04:39 | resolved, API operational: Service Degradation - Clustering Analysis
          | This issue is resolved. It lasted 1 h 41 min.`,
        ticket: `
    03:20 | opened: P1: ${title} (P1; insights)
          | <number>
          | Severity: P1
          | Impact: being assessed
    03:40 | comment: ${first}
    04:07 | comment: ${second('04:37')}
    04:34 | comment: ${third('05:04')}
    04:39 | comment: ${resolved}
    day 7
    10:00 | moved to Done
    10:00 | comment: P1 <number> ${title}: closed by DevOps Manager.`,
        'mail to manager@example.com': `
    03:00 | Subject: Proposed: P1 <number> ${title}
          | ${proposed}
    03:20 | Subject: Incident <number> (P1): ${title}
          | ${declared}
    04:39 | ${mailedResolved}`,
        'mail to lead@example.com': `
    03:55 | Subject: ${notSent}
          | ${notSent}
    04:39 | ${mailedResolved}
    day 2
    00:39 | Subject: ${review}
          | ${review}
    day 7
    04:39 | Subject: ${followUp}
          | ${followUp}`,
        'Slack @secondary': `
    03:15 | ${rung}
    04:39 | ${resolved}`,
        'Slack @lead': `
    03:55 | ${notSent}
    04:39 | ${resolved}
    day 2
    00:39 | ${review}
    day 7
    04:39 | ${followUp}`,
        'Slack #incidents': `
    03:00 | ${proposed}
    03:15 | P1 <number> ${title}: nobody has acknowledged within the time of P1.
    03:15 | ${rung}
    03:20 | ${declared}
    03:20 | P1 <number> ${title}: acknowledged by Primary on-call.
    03:20 | P1 <number> ${title}: Operations is Secondary on-call.
    03:20 | P1 <number> ${title}: Communications is Tech Lead.
    03:40 | ${first}
    03:42 | P1 <number> ${title}: mitigated: The release before is back.
    03:45 | P1 <number> ${title}: all of its alerts are cleared.
    03:50 | ${remind('customers', '03:55')}${toCustomers('04:25')}
    03:55 | ${notSent}
    04:05 | ${remind('the team', '04:10')}${second('04:40')}
    04:07 | ${second('04:37')}
    04:08 | P1 <number> ${title}: only a person can tell; look, and attest:
          | - the integration tests pass: Did pytest tests/integration/ pass?
    04:22 | ${remind('customers', '04:27')}${toCustomers('04:57')}
    04:32 | ${remind('the team', '04:37')}${third('05:07')}
    04:34 | ${third('05:04')}
    04:39 | ${resolved}
    day 2
    00:39 | ${review}
    02:00 | P1 <number> ${title}: action item for Secondary on-call: Watch the memory
    day 3
    09:00 | P1 <number> ${title}: action item "Watch the memory" of Secondary on-call is due since <day 3> 09:00 UTC.
    day 7
    04:39 | ${followUp}
    10:00 | P1 <number> ${title}: closed by DevOps Manager.`,
      }),
    );
  });
});
