import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { nodeArguments } from '../../src/config/tools.ts';
import { eventually } from '../eventually.ts';
import { practiceEstate } from './estate.ts';

/** Nothing here moves a region: the estate is well, and every run is refused, simulated or taken back. */
describe('a failover on a healthy estate', function () {
  this.timeout(120_000);
  const estate = practiceEstate();

  const cli = async (as: string, ...args: string[]) => {
    const { stack } = estate;
    const env = { ...process.env, ...stack.variables, MUSTER_API: stack.addresses.api, MUSTER_TOKEN: stack.tokens[as]! };
    const child = spawn(process.execPath, [...nodeArguments('src/cli/main.ts'), ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    child.stderr.on('data', (chunk) => (output += String(chunk)));
    const [code] = (await once(child, 'exit')) as [number];
    return { code, output };
  };

  it('is not started on bad input, and one clear problem names the field', async () => {
    const runsBefore = await runs();
    const input = { service: 'shop', from: 'east', to: 'west' };
    const wrong: [object, string][] = [
      [{ ...input, from: 'atlantis' }, '/input/from'],
      [{ ...input, to: 'east' }, '/input/to'],
      [{ ...input, maxLag: '-5s' }, '/input/maxLag'],
      [{ ...input, service: 'bakery' }, '/input/service'],
      [{ ...input, colour: 'red' }, '/input/colour'],
    ];
    for (const [bad, pointer] of wrong) {
      const { status, body } = await estate.start('sam', { runbook: 'fail-over-region', reason: 'a test', input: bad });
      assert.equal(status, 422, JSON.stringify(body));
      assert.deepEqual(
        body.errors?.map((error) => error.pointer),
        [pointer],
      );
    }
    const huge = await estate.start('sam', { runbook: 'fail-over-region', reason: 'x'.repeat(1_000_000), input });
    assert.equal(huge.status, 413);
    assert.deepEqual(await runs(), runsBefore);
  });

  it('in simulate makes no state-changing call and lists every call that it would make', async () => {
    const before = await estate.changes();
    const runId = await estate.failOver({ planned: true }, { mode: 'simulate' });
    const view = await estate.approveUntilEnd(runId);
    assert.equal(view.state, 'completed', view.status);
    assert.equal(await estate.changes(), before);
    const predicted = view.steps.flatMap((step) => step.predicted.map(({ call }) => call));
    for (const call of ['rds:PromoteReadReplica', 'route53:ChangeResourceRecordSets', 'autoscaling:SetDesiredCapacity'])
      assert.ok(predicted.includes(call), `${call} in ${predicted.join(', ')}`);
    assert.ok(view.steps.every(({ evidence }) => evidence.every(({ kind }) => kind !== 'change')));
  });

  it('does not fence a live primary for whoever takes it for the old one: it says why, and changes nothing', async () => {
    const before = (await estate.range.status()).customers.acknowledged;
    const { status, body } = await estate.start('sam', {
      ...{ runbook: 'fence-on-return', reason: 'a test', input: { service: 'shop', from: 'east', to: 'west' } },
    });
    assert.equal(status, 201, JSON.stringify(body));
    const view = await estate.seen(body.runId!, 'the refusal', ({ state }) => state === 'failed');
    assert.match(view.status, /Nothing was fenced: west is a standby: nothing is promoted there; to fence east would stop all writes/);
    assert.ok(view.steps.every(({ evidence }) => evidence.every(({ kind }) => kind !== 'change')));
    const after = await eventually(
      'more orders',
      () => estate.range.status(),
      ({ customers }) => customers.acknowledged > before + 5,
    );
    assert.equal(after.regions.east.database, 'primary');
  });

  it('refuses what must not decide, each with its own problem, and goes on waiting', async () => {
    const runId = await estate.failOver({ planned: true }, { as: 'ana' });
    const gate = await estate.openGate(runId);
    const decision = { gate: gate.id, digest: gate.digest };
    const attempts: [string, object, number, string][] = [
      ['ana', decision, 403, 'OwnRequest'],
      ['vic', decision, 403, 'NotEntitled'],
      ['ben', { ...decision, digest: 'f'.repeat(64) }, 409, 'StaleDigest'],
      ['ben', { ...decision, gate: '9-no-such-gate' }, 404, 'UnknownGate'],
    ];
    for (const [by, body, status, code] of attempts) {
      const answer = await estate.signal(by, runId, 'approve', body);
      assert.deepEqual([answer.status, answer.body.code], [status, code], `${by}: ${JSON.stringify(answer.body)}`);
    }
    assert.equal((await estate.signal('ben', runId, 'approve', decision)).status, 200);
    const second = await estate.signal('ben', runId, 'approve', decision);
    assert.deepEqual([second.status, second.body.code], [409, 'AlreadyApproved']);
    const waiting = await estate.view(runId);
    assert.equal(waiting.state, 'pendingApproval');
    assert.deepEqual(
      waiting.gates.at(-1)!.decisions.map(({ by, channel }) => [by, channel]),
      [['ben', 'api']],
      'the API signs, and the worker knows its key',
    );

    await estate.range.break({ kind: 'lag-replica', ms: 8_000 });
    await eventuallyLagging();
    const changed = await estate.signal('you', runId, 'approve', decision);
    assert.deepEqual([changed.status, changed.body.code], [409, 'FactsChanged'], JSON.stringify(changed.body));
    assert.match(changed.body.detail!, /replication lag was .*s, is now .*s/);
    const again = await estate.openGate(runId);
    assert.deepEqual([again.round, again.decisions.length], [2, 0]);
    await estate.range.heal({ kind: 'lag-replica' });
    await estate.signal('ben', runId, 'abort', { how: 'undo', reason: 'seen enough' });
    assert.equal((await estate.approveUntilEnd(runId)).state, 'compensated');
  });

  it('is refused with the holder while another one holds the resources, and the same key is one run', async () => {
    const body = { runbook: 'fail-over-region', reason: 'a test', input: { service: 'shop', from: 'east', to: 'west', planned: true } };
    const first = await estate.start('sam', body, 'one-key');
    assert.equal(first.status, 201, JSON.stringify(first.body));
    const repeated = await estate.start('sam', body, 'one-key');
    assert.deepEqual([repeated.status, repeated.body.runId], [200, first.body.runId]);
    const other = await estate.start('sam', { ...body, input: { ...body.input, planned: false } }, 'one-key');
    assert.equal(other.status, 422);
    const second = await estate.start('ben', body);
    assert.deepEqual([second.status, second.body.code, second.body.holder], [409, 'ResourceBusy', first.body.runId]);
    assert.match(second.body.detail!, new RegExp(`held by "Fail shop over from east to west" \\(${first.body.runId}\\)`));
    await estate.signal('sam', first.body.runId!, 'undo', { reason: 'a test' });
    assert.equal((await estate.approveUntilEnd(first.body.runId!)).state, 'compensated');
    const west = (await estate.range.status()).regions.west.shop;
    assert.equal(west.desired, 1, 'the warm-up was undone');
  });

  it('pauses when a step fails for good; retry, skip, undo and abort work over API, CLI and a plain Temporal signal', async () => {
    const plain = (runId: string, verb: string, more: object) =>
      estate.client.workflow.getHandle(runId).signal(verb, { by: 'ben', reason: 'a test', ...more });
    const ways: { name: string; act: (runId: string) => Promise<unknown>; ends: string }[] = [
      { name: 'undo over the API', act: (runId) => estate.signal('ben', runId, 'undo', { reason: 'a test' }), ends: 'compensated' },
      { name: 'undo over the CLI', act: (runId) => cli('ben', 'undo', runId, '--reason', 'a test'), ends: 'compensated' },
      { name: 'undo by a plain signal', act: (runId) => plain(runId, 'undo', {}), ends: 'compensated' },
      {
        name: 'abort over the API',
        act: (runId) => estate.signal('ben', runId, 'abort', { how: 'leave', reason: 'a test' }),
        ends: 'canceled',
      },
      { name: 'abort over the CLI', act: (runId) => cli('ben', 'abort', runId, '--how', 'leave', '--reason', 'a test'), ends: 'canceled' },
      { name: 'abort by a plain signal', act: (runId) => plain(runId, 'abort', { how: 'leave' }), ends: 'canceled' },
    ];
    for (const { name, act, ends } of ways) {
      const runId = await failingRun();
      await act(runId);
      assert.equal((await estate.approveUntilEnd(runId)).state, ends, name);
    }
    const retries: ((runId: string) => Promise<unknown>)[] = [
      (runId) => estate.signal('ben', runId, 'retry-step'),
      (runId) => cli('ben', 'retry-step', runId),
      (runId) => estate.client.workflow.getHandle(runId).signal('retryStep', { by: 'ben' }),
    ];
    const runId = await failingRun();
    for (const [index, retry] of retries.entries()) {
      await retry(runId);
      await estate.seen(
        runId,
        `try ${index + 2} to fail as well`,
        ({ state, steps }) => state === 'pausedByFailedStep' && steps[0]!.tries === index + 2,
      );
    }
    await estate.signal('ben', runId, 'undo', { reason: 'tried three times' });
    await estate.approveUntilEnd(runId);
    const skips: ((runId: string) => Promise<unknown>)[] = [
      (id) => estate.signal('ben', id, 'skip-step', { reason: 'checked by hand' }),
      (id) => cli('ben', 'skip-step', id, '--reason', 'checked by hand'),
      (id) => plain(id, 'skipStep', { reason: 'checked by hand' }),
    ];
    for (const skip of skips) {
      const id = await failingRun();
      await skip(id);
      await estate.openGate(id);
      await estate.signal('ben', id, 'abort', { how: 'undo', reason: 'a test' });
      const view = await estate.approveUntilEnd(id);
      assert.equal(view.steps[0]!.outcome, 'skipped by ben: checked by hand');
    }
  });

  /** Its first step can never work: the way from west to east has no replica to promote. */
  async function failingRun(): Promise<string> {
    const { status, body } = await estate.start('sam', {
      runbook: 'fail-over-region',
      reason: 'a test',
      input: { service: 'shop', from: 'west', to: 'east' },
    });
    assert.equal(status, 201, JSON.stringify(body));
    const paused = await estate.seen(body.runId!, 'the pause', ({ state }) => state === 'pausedByFailedStep');
    assert.match(paused.status, /orders-east in east: needed a replica, have primary/);
    return body.runId!;
  }

  async function runs(): Promise<number> {
    let count = 0;
    for await (const _ of estate.client.workflow.list({ query: "WorkflowType = 'failOverRegion'" })) count += 1;
    return count;
  }

  async function eventuallyLagging(): Promise<void> {
    await eventually(
      'a lag that is over the budget of five seconds',
      () => estate.range.status(),
      ({ replicaLagMs }) => (replicaLagMs ?? 0) > 6_000,
    );
  }
});
