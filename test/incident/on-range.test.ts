import assert from 'node:assert/strict';
import { join } from 'node:path';
import { knownKeys } from '../../src/config/keys.ts';
import { verifyReport } from '../../src/report/verify.ts';
import { practiceEstate } from '../recovery/estate.ts';
import { incidentDeskOf } from './on-stack.ts';

describe('an incident on the practice range', function () {
  this.timeout(180_000);
  const estate = practiceEstate();
  const desk = incidentDeskOf(() => estate.stack);

  it('is opened, starts a failover that tells it how it goes, is verified for real, and leaves a sealed report', async () => {
    const number = await desk.declare('sam', { title: 'East is gone', service: 'shop', severity: 'P1', impact: 'Some orders fail' });
    assert.match(number, /^INC-\d{4}-\d\d-\d\d-001$/);
    await desk.ask('ana', number, 'acknowledge', {});
    const plan = { runbook: 'fail-over-region', reason: 'east is gone', input: { service: 'shop', from: 'east', to: 'west' } };
    const runId = await desk.start('sam', number, plan);
    await estate.approveUntilEnd(runId);
    const run = (await desk.seen(number, 'the end of its run', ({ runs }) => runs[0]?.endedAt !== undefined)).runs[0]!;
    assert.deepEqual([run.runId, run.runbook, run.state, run.startedBy], [runId, 'fail-over-region', 'completed', 'sam']);
    await desk.ask('sam', number, 'update', { audience: 'customers', status: 'monitoring', nextSteps: 'We watch.' });
    await desk.ask('ana', number, 'mitigate', { how: 'West serves' });
    await desk.ask('ana', number, 'resolve', { resolution: 'Failed over to west', cause: 'Power' });
    const verified = await desk.seen(number, 'the stability watch', ({ state }) => state !== 'verifying' && state !== 'mitigated');
    assert.equal(verified.state, 'stabilizing', verified.status);
    assert.deepEqual(
      verified.verification.map(({ name, verdict }) => `${name}: ${verdict}`),
      verified.policy.verification.map(({ name }) => `${name}: good`),
    );
    const resolved = await desk.seen(number, 'the report', ({ archive }) => archive?.report !== undefined, 90_000);
    assert.equal(resolved.state, 'resolved', resolved.status);
    const { ok, problem } = await verifyReport(
      join(estate.stack.archive, 'incidents', number, 'report'),
      knownKeys(estate.stack.variables),
    );
    assert.ok(ok, problem);
    const received = (await estate.range.messages()).filter(({ to }) => to === 'statuspage').map(({ body }) => JSON.stringify(body));
    assert.match(received.at(-1)!, /"status":"resolved"/);
    const metrics = await fetch(new URL('/metrics', estate.stack.addresses.api), {
      headers: { Authorization: `Bearer ${estate.stack.tokens['vic']}` },
    }).then((answer) => answer.text());
    assert.match(metrics, /muster_incidents_total\{severity="P1"[^}]*\} 1/);
  });
});
