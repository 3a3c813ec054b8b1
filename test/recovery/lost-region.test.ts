import assert from 'node:assert/strict';
import { eventually } from '../eventually.ts';
import { practiceEstate } from './estate.ts';
import { knownKeys } from '../../src/config/keys.ts';
import { verifyReport } from '../../src/report/verify.ts';
import { join } from 'node:path';

/** One story on one estate: east is lost while every helper dies at the worst moment, comes back, and the shop goes home. */
describe('a lost region', function () {
  this.timeout(240_000);
  const estate = practiceEstate();
  let failover: string;

  it('is failed over although the worker dies between "promotion asked" and "promotion seen", and nobody can be told', async () => {
    const { range, stack } = estate;
    await range.break({ kind: 'inbox-down', how: 'stall' });
    await range.break({ kind: 'lose-region', region: 'east' });
    failover = await estate.failOver();
    const ended = estate.approveUntilEnd(failover, 180_000);
    await eventually(
      'the promotion to be asked',
      () => estate.changes('PromoteReadReplica'),
      (count) => count === 1,
      60_000,
    );
    await stack.worker.kill();
    await stack.worker.start();
    const view = await ended;
    assert.equal(view.state, 'completed', view.status);
    assert.equal(await estate.changes('PromoteReadReplica'), 1);
    const lastStep = Math.max(...view.steps.map(({ endedAt }) => Date.parse(endedAt!)));
    assert.ok(Date.parse(view.endedAt!) - lastStep < 500, 'the run does not wait for messages');
    const settled = await estate.seen(failover, 'settled messages', ({ messages }) => messages.every(({ state }) => state !== 'sending'));
    assert.deepEqual([...new Set(settled.messages.map(({ state }) => state))], ['notSent'], 'the record says what could not be sent');
  });

  it('costs exactly the acknowledged orders that the report lists', async () => {
    const { measures } = await estate.view(failover);
    const lost = measures['lost'] as { count: number; missing: { id: string }[] };
    const { verified } = await verifiedReport(failover);
    assert.deepEqual(verified, { ok: true });
    assert.equal(lost.missing.length, lost.count);
    assert.deepEqual(
      (measures['integrity'] as { holds: boolean }[]).map(({ holds }) => holds),
      [true, true],
    );
  });

  it('is fenced the moment it comes back, before it can take a write', async () => {
    await estate.range.heal();
    await eventually(
      'the fence on the old primary',
      () => estate.range.status(),
      ({ regions }) => regions.east.database === 'fenced',
      60_000,
    );
    await estate.seen(`${failover}-fenceOnReturn`, 'the end of the watch over it', ({ state }) => state === 'completed');
  });

  it('takes the shop back without losing an order, although the API dies in the middle of an approval and Temporal in the middle of the run', async () => {
    const { stack } = estate;
    await eventually(
      'the end of the cool-down',
      () => tryBack(),
      (answer) => answer.status === 201,
      60_000,
    );
    const runId = back!;
    const rebuild = await estate.openGate(runId);
    const approval = { gate: rebuild.id, digest: rebuild.digest };
    const cut = estate.signal('ana', runId, 'approve', approval, 'one-approval').catch((error: unknown) => error);
    await stack.api.kill();
    await cut;
    await stack.api.start();
    const again = await estate.signal('ana', runId, 'approve', approval, 'one-approval');
    assert.ok(again.status === 200 || (again.status === 409 && again.body.code === 'AlreadyDecided'), JSON.stringify(again));
    await estate.seen(runId, 'the work after the approval', ({ steps }) =>
      steps.some(({ title }) => /Build a replica|Set the old/.test(title)),
    );
    await stack.temporal!.kill();
    await stack.temporal!.start();
    const view = await estate.approveUntilEnd(runId, 180_000);
    assert.equal(view.state, 'completed', view.status);
    assert.equal(view.gates[0]!.decisions.length, 1);
    assert.equal((view.measures['lost'] as { count: number }).count, 0);
    const { regions, customers } = await estate.range.status();
    assert.deepEqual(
      [regions.east.database, regions.west.database, regions.east.weight, regions.west.weight],
      ['primary', 'replica', 100, 0],
    );
    assert.equal(customers.outage.over, true);
  });

  let back: string | undefined;
  async function tryBack() {
    const answer = await estate.start('sam', {
      runbook: 'fail-back-region',
      reason: 'east is well again',
      input: { service: 'shop', from: 'west', to: 'east' },
    });
    back = answer.body.runId;
    return answer;
  }

  async function verifiedReport(runId: string) {
    const { ok } = await eventually(
      'the report',
      () => verifyReport(join(estate.stack.archive, runId), knownKeys(estate.stack.variables)),
      ({ ok }) => ok,
    );
    return { verified: { ok } };
  }
});
