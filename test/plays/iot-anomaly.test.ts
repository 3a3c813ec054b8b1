import assert from 'node:assert/strict';
import { asWritten } from './received.ts';
import { playthrough, type Stage } from './stage.ts';

const title = 'All endpoints answer with errors';
const raised = { labels: { alertname: 'SystemDown', job: 'iot-anomaly' }, summary: title };

/** It is not restored within 30 minutes, so the technical lead hears of it; then it is only slow, which is a P1. */
async function night({ at, ask, run, clears, moment }: Stage): Promise<void> {
  await at('03:17');
  await ask('primary', 'acknowledge', {});
  await ask('primary', 'role', { role: 'operations', subject: 'secondary' });
  await ask('primary', 'role', { role: 'communications', subject: 'lead' });
  await at('03:20');
  await ask('lead', 'update', { audience: 'customers', impact: 'No readings are judged', eta: '04:00 UTC' });
  await at('03:22');
  const restore = { runbook: 'restore-from-backup', title: 'Restore the database', startedBy: 'secondary' };
  await run({ ...restore, state: 'inProgress', status: 'starts' });
  await at('03:44');
  await ask('lead', 'update', { audience: 'internal', status: 'identified', progress: 'The database is being restored.' });
  await at('03:51');
  await run({ ...restore, state: 'completed', status: 'it is restored' });
  await at('03:52');
  await ask('secondary', 'mitigate', { how: 'The database is restored.' });
  await at('03:53');
  await ask('primary', 'severity', { severity: 'P1', reason: 'readings are judged late' });
  await at('03:55');
  await clears();
  await at('04:12');
  await ask('lead', 'update', { audience: 'customers', impact: 'Readings are judged late', eta: 'within the hour' });
  await at('04:13');
  await ask('primary', 'resolve', { resolution: 'Restored the database', cause: 'A full disk' });
  await at('04:14');
  await ask('secondary', 'attest', { line: 'predictions are made', good: true, note: 'it answers' });
  await at('04:36');
  await ask('lead', 'update', { audience: 'internal' });
  await at('day 2 02:00');
  await ask('primary', 'review', { review: 'first-day', notes: 'all is stable' });
  await ask('primary', 'action', { text: 'Alert on full disks', owner: 'secondary', dueAt: moment('day 3 09:00') });
  await ask('primary', 'say', { lessons: 'Watch the disks.' });
  await at('day 3 10:00');
  await ask('secondary', 'action', { done: 'a1' });
  await at('day 7 10:00');
  await ask('manager', 'review', { review: 'post-mortem', notes: 'all were there' });
  await ask('manager', 'tick', { line: 'alerts' });
  await assert.rejects(ask('manager', 'close', {}));
  await ask('manager', 'tick', { line: 'shared' });
  await ask('manager', 'close', {});
}

const proposed = `Proposed by alerts: P0 <number> ${title}
          | - ${title} (since 02:58 UTC)
          | Suggested runbook: service-down (nobody can use it)
          | Acknowledge it to declare it, or dismiss it.`;
const rung = (to: string, impact: string) => `🚨 ESCALATION - P0 <number>
          |
          | Summary: ${title}
          | Impact: ${impact}
          | To: ${to}`;
const toSecondary = rung('On-call engineer (secondary): nobody has acknowledged', 'being assessed');
const toLead = rung('Technical Lead: it is not mitigated; the service is not restored within 30 minutes', 'No readings are judged');
const declared = `🚨 INCIDENT ALERT - P0
          |
          | Summary: ${title}
          | Impact: being assessed
          | Status: Investigating
          | ETA: not known yet
          | Next Update: 03:47 UTC
          |
          | Incident Commander: Engineer on call (primary)`;
const update = (
  severity: string,
  progress: string,
  status: string,
  steps: string,
  eta: string,
  next: string,
) => `📊 INCIDENT UPDATE - ${severity}
          |
          | Progress: ${progress}
          | Current Status: ${status}
          | Next Steps: ${steps}
          | ETA: ${eta}
          | Next Update: ${next} UTC`;
const finish = 'Finish: Restore the database';
const first = update('P0', 'The database is being restored.', 'Identified', finish, '04:00 UTC', '04:14');
const second = (next: string) =>
  update('P1', 'The database is restored.', 'Monitoring', 'Watch that it stays well.', 'within the hour', next);
const toCustomers = (impact: string, status: string, eta: string, next: string) => `Impact: ${impact}
          | Current Status: ${status}
          | ETA: ${eta}
          | Next Update: ${next} UTC`;
const nothing = 'No readings are judged';
const notSent = `P0 <number> ${title}: the update to customers that was due at 03:50 UTC was not sent.`;
const lowered = `P1 <number> ${title}: severity lowered from P0 to P1: readings are judged late`;
const resolved = `✅ INCIDENT RESOLVED - P1
          |
          | Resolution: Restored the database
          | Root Cause: A full disk
          | Duration: 1 h 46 min
          | Next Steps: Review what happened.
          |
          | Thank you for your patience.`;
const firstDay = `P1 <number> ${title}: Stability, monitoring, lessons and runbook are looked at is due at <day 2> 04:44 UTC.`;
const postMortem = `P1 <number> ${title}: Post-mortem meeting is due at <day 8> 04:44 UTC.`;
const remind = (
  headline: string,
  who: string,
  time: string,
) => `${headline} <number> ${title}: the update to ${who} is due at ${time} UTC. It would say:
          | `;

describe('IoT Anomaly Detection is down (P0)', function () {
  this.timeout(120_000);

  it('is played from its alert until it is closed, and everybody gets what the runbook says, when it says it', async () => {
    const { got, end } = await playthrough('iot-anomaly', raised, night);
    assert.deepEqual([end.state, end.kept], ['closed', { internal: { due: 2, kept: 2 }, customers: { due: 3, kept: 2 } }]);
    assert.deepEqual(
      got,
      asWritten({
        PagerDuty: `
    03:00 | trigger <number> critical: Proposed: P0 <number> ${title}
    03:17 | trigger <number> critical: INCIDENT ALERT - P0: ${title}
    03:17 | acknowledge <number>
    04:44 | resolve <number>`,
        'status page': `
    03:20 | investigating, API major_outage: INCIDENT UPDATE - ${title}
          | ${toCustomers(nothing, 'Investigating', '04:00 UTC', '03:50')}
    04:12 | monitoring, API degraded_performance: INCIDENT UPDATE - ${title}
          | ${toCustomers('Readings are judged late', 'Monitoring', 'within the hour', '05:12')}
    04:44 | resolved, API operational: INCIDENT RESOLVED - ${title}
          | Resolution: Restored the database
          | Duration: 1 h 46 min
          |
          | Thank you for your patience.`,
        ticket: `
    03:17 | opened: P0: ${title} (P0; app)
          | <number>
          | Summary: ${title}
          | Impact: being assessed
          | Affected: IoT Anomaly Detection
    03:44 | comment: ${first}
    03:53 | comment: ${lowered}
    04:36 | comment: ${second('05:36')}
    04:44 | comment: ${resolved}
    day 7
    10:00 | moved to Done
    10:00 | comment: P1 <number> ${title}: closed by SRE Manager.`,
        'mail to lead@example.com': `
    03:47 | Subject: ESCALATION - P0: ${title}
          | ${toLead}
    03:50 | Subject: ${notSent}
          | ${notSent}
    04:44 | Subject: INCIDENT RESOLVED - P1: ${title}
          | ${resolved}
    day 7
    04:44 | Subject: ${postMortem}
          | ${postMortem}`,
        'mail to devops@example.com': `
    day 2
    00:44 | Subject: ${firstDay}
          | ${firstDay}
    day 7
    04:44 | Subject: ${postMortem}
          | ${postMortem}`,
        'Slack @secondary': `
    03:15 | ${toSecondary}
    04:44 | ${resolved}`,
        'Slack @lead': `
    03:47 | ${toLead}
    03:50 | ${notSent}
    04:44 | ${resolved}
    day 7
    04:44 | ${postMortem}`,
        'Slack #incidents': `
    03:00 | ${proposed}
    03:15 | P0 <number> ${title}: nobody has acknowledged within the time of P0.
    03:15 | ${toSecondary}
    03:17 | ${declared}
    03:17 | P0 <number> ${title}: acknowledged by Engineer on call (primary).
    03:17 | P0 <number> ${title}: Operations is Engineer on call (secondary).
    03:17 | P0 <number> ${title}: Communications is Technical Lead.
    03:42 | ${remind('P0', 'the team', '03:47')}${update('P0', 'Restore the database: starts', 'Investigating', finish, '04:00 UTC', '04:17')}
    03:44 | ${first}
    03:45 | ${remind('P0', 'customers', '03:50')}${toCustomers(nothing, 'Identified', '04:00 UTC', '04:20')}
    03:47 | ${toLead}
    03:50 | ${notSent}
    03:52 | P0 <number> ${title}: mitigated: The database is restored.
    03:53 | ${lowered}
    03:55 | P1 <number> ${title}: all of its alerts are cleared.
    04:10 | ${remind('P1', 'customers', '04:20')}${toCustomers(nothing, 'Monitoring', '04:00 UTC', '05:20')}
    04:13 | P1 <number> ${title}: only a person can tell; look, and attest:
          | - predictions are made: Does POST /predict answer a reading of temperature, pressure, humidity and vibration?
    04:34 | ${remind('P1', 'the team', '04:44')}${second('05:44')}
    04:36 | ${second('05:36')}
    04:44 | ${resolved}
    day 2
    00:44 | ${firstDay}
    02:00 | P1 <number> ${title}: action item for Engineer on call (secondary): Alert on full disks
    day 3
    09:00 | P1 <number> ${title}: action item "Alert on full disks" of Engineer on call (secondary) is due since <day 3> 09:00 UTC.
    day 7
    04:44 | ${postMortem}
    10:00 | P1 <number> ${title}: closed by SRE Manager.`,
      }),
    );
  });
});
