import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeregisterTargetsCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { Client } from 'pg';
import { startDataServer } from '../activities/data-server.ts';
import { eventually } from '../eventually.ts';
import { practiceEstate } from '../recovery/estate.ts';
import { asks, endRuns, follow, undo, type Following } from '../rigs/scenarios/follow.ts';

/** Instances of AWS, a real PostgreSQL under real customers, a registry that hands out real bytes, a pipeline that keeps real rows. */
describe('scenarios on the range', function () {
  this.timeout(200_000);
  const folder = mkdtempSync(join(tmpdir(), 'muster-scenarios-'));
  const rangeEnvironment = join(folder, 'environment.yaml');
  let data: Awaited<ReturnType<typeof startDataServer>>;
  before(async () => {
    data = await startDataServer();
    writeFileSync(rangeEnvironment, data.environmentText());
  });
  const estate = practiceEstate({ rangeEnvironment });
  after(async () => {
    await data.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await endRuns(estate);
    await estate.healthy();
    // Long enough for somebody to be killed meanwhile.
    data.world.slowMs = 1_000;
  });

  const play = async (runbook: string, options: Following & { input?: object; mode?: 'simulate' } = {}) => {
    const { input = {}, mode = 'live', ...following } = options;
    const asked = { runbook, mode, reason: 'a test', input: { service: 'shop', region: 'east', ...input } };
    const { status, body } = await estate.start('sam', asked);
    assert.equal(status, 201, JSON.stringify(body));
    return follow(estate, body.runId!, following);
  };
  const served = async () => {
    const { acknowledged } = (await estate.range.status()).customers;
    await eventually(
      'orders that are acknowledged again',
      () => estate.range.status(),
      ({ customers }) => customers.acknowledged > acknowledged + 10,
      30_000,
    );
  };

  let held: Client[];
  beforeEach(() => void (held = []));
  afterEach(() => Promise.all(held.map((one) => one.end().catch(() => undefined))));
  /** Somebody's job that took its locks and forgot to commit. */
  const forget = async (count: number, busy = false) => {
    for (let index = 0; index < count; index += 1) {
      const client = new Client({
        connectionString: estate.stack.variables['MUSTER_RANGE_PG_EAST']!,
        application_name: 'a forgotten job',
      });
      client.on('error', () => undefined);
      held.push(client);
      await client.connect();
      await client.query('BEGIN');
      await client.query(index === 0 ? 'LOCK TABLE orders IN ACCESS EXCLUSIVE MODE' : 'SELECT 1');
      // It works, or seems to, until it is ended.
      if (busy) client.query('SELECT pg_sleep(600)').catch(() => undefined);
    }
  };
  const forgotten = async () => {
    const client = new Client({ connectionString: estate.stack.variables['MUSTER_RANGE_PG_EAST']! });
    await client.connect();
    const { rows } = await client.query<{ count: string }>(
      "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'a forgotten job'",
    );
    await client.end();
    return Number(rows[0]!.count);
  };

  describe('connectionPoolExhausted', () => {
    it('ends those that hold what others wait for, although the worker is killed inside of it; customers can order again', async () => {
      await forget(6);
      const input = { idleFor: '500ms' };
      const dry = await play('connection-pool-exhausted', { input, mode: 'simulate' });
      assert.deepEqual([dry.view.state, await forgotten()], ['completed', 6], dry.view.status);
      const { view, questions, killedIn } = await play('connection-pool-exhausted', { input, kills: true });
      assert.equal(view.state, 'completed', view.status);
      assert.deepEqual([questions, killedIn], [['End 6 sessions of orders in east?'], ['End 6 sessions of orders']]);
      assert.equal(await forgotten(), 0);
      await served();
    });

    it('ends nobody when people say no, and asks what to do', async () => {
      await forget(1);
      const { view } = await play('connection-pool-exhausted', { input: { idleFor: '500ms' }, declines: [/End|Hand over/] });
      assert.ok(asks(view), view.status);
      assert.equal(await forgotten(), 1);
      assert.equal((await undo(estate, view.runId)).state, 'compensated');
    });
  });

  it('loadBalancerUnhealthy brings back what the load balancer has lost from its list', async () => {
    const balancer = new ElasticLoadBalancingV2Client({
      endpoint: estate.stack.variables['MUSTER_RANGE_AWS_EAST']!,
      region: 'us-east-2',
      credentials: { accessKeyId: 'practice', secretAccessKey: estate.stack.variables['MUSTER_RANGE_AWS_SECRET']! },
    });
    const { TargetGroups } = await balancer.send(new DescribeTargetGroupsCommand({ Names: ['shop-east'] }));
    const TargetGroupArn = TargetGroups![0]!.TargetGroupArn!;
    const onList = async () =>
      (await balancer.send(new DescribeTargetHealthCommand({ TargetGroupArn })))
        .TargetHealthDescriptions!.map(({ Target }) => Target!.Id!)
        .sort();
    const all = await onList();
    await balancer.send(new DeregisterTargetsCommand({ TargetGroupArn, Targets: all.slice(1).map((Id) => ({ Id })) }));
    assert.equal((await onList()).length, 1);
    const { view, questions } = await play('load-balancer-unhealthy');
    assert.equal(view.state, 'completed', `${view.status} ${questions.join()}`);
    assert.deepEqual(await onList(), all);
    await served();
    balancer.destroy();
  });

  describe('modelInferenceFailing', () => {
    beforeEach(() => {
      Object.assign(data.world, { serving: '3', loaded: '3' });
      for (const one of data.world.versions) one.bytes = one.made;
      data.world.changes.length = 0;
    });

    it('serves the last good model by its digest, although the worker is killed inside of it', async () => {
      data.world.versions[2]!.bytes = Buffer.from('half of i');
      const dry = await play('model-inference-failing', { mode: 'simulate' });
      assert.deepEqual([dry.view.state, data.world.changes], ['completed', []], dry.view.status);
      const { view, questions, killedIn } = await play('model-inference-failing', { kills: true });
      assert.equal(view.state, 'completed', view.status);
      assert.deepEqual([questions, killedIn], [['Let shop predict with 2 instead of 3?'], ['Serve 2 by its digest']]);
      assert.deepEqual([data.world.serving, data.world.changes.length], ['2', 1]);
    });

    it('puts the model back as it was when nothing is better with the other one', async () => {
      data.world.versions[1]!.made = data.world.versions[1]!.bytes = Buffer.from(JSON.stringify({ version: '2', weight: 4 }));
      const { view } = await play('model-inference-failing', { declines: [/Hand over/] });
      assert.ok(asks(view), view.status);
      assert.match(view.status, /a warm day: score is 100, not 50/);
      await undo(estate, view.runId);
      assert.equal(data.world.serving, '3');
    });
  });

  it('dataPipelineStalled sets a bad batch aside, lets the others through, and puts it through once it is mended', async () => {
    Object.assign(data.world, { newest: '2026-11-01T00:00:00Z', writer: 'running', stored: [] });
    const rows = (id: string) => [`${id}-a`, `${id}-b`];
    data.world.batches.push(
      { id: 'b-2', state: 'failed', rows: rows('b-2'), problem: 'row 3 has no temperature', replay: null },
      { id: 'b-1', state: 'waiting', rows: rows('b-1'), problem: null, replay: null },
    );
    data.world.bad.add('b-2');
    const mend = async (question: string) => {
      if (!question.includes('through again')) return;
      assert.deepEqual(data.world.stored, rows('b-1'), 'the others came through');
      data.world.bad.clear();
    };
    const { view, questions, killedIn } = await play('data-pipeline-stalled', { kills: true, first: mend });
    assert.equal(view.state, 'completed', view.status);
    assert.deepEqual(questions, ['Set batch b-2 of shop in east aside?', 'Put batch b-2 of shop in east through again?']);
    assert.ok(killedIn.length >= 3, killedIn.join());
    assert.deepEqual([...data.world.stored].sort(), [...rows('b-1'), ...rows('b-2')]);
  });

  describe('databaseUnreachable', () => {
    it('ends the head of a queue of locks, although the worker is killed inside of it', async () => {
      await forget(1, true);
      const { view, questions, killedIn } = await play('database-unreachable', { kills: true });
      assert.equal(view.state, 'completed', view.status);
      assert.deepEqual([questions, killedIn], [['End 1 session of orders in east?'], ['End 1 session of orders']]);
      assert.equal(await forgotten(), 0);
      await served();
    });

    it('hands over to a failover, with its leases, when the database is gone', async () => {
      await estate.range.break({ kind: 'crash-database', region: 'east' });
      const { view, questions } = await play('database-unreachable');
      assert.equal(view.state, 'handedOver', view.status);
      assert.deepEqual(questions, ['Hand over to "Fail shop over from east to west"?']);
      const way = view.measures['way'] as { steps: { name: string; verdict: string }[] };
      assert.equal(way.steps.find(({ verdict }) => verdict === 'bad')?.name, 'port');
      const after = await follow(estate, view.successor!);
      assert.equal(after.view.state, 'completed', after.view.status);
      assert.deepEqual(after.view.leases, ['database/orders', 'traffic/shop', 'capacity/shop']);
      await served();
    });
  });
});
