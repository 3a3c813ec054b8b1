import assert from 'node:assert/strict';
import {
  DeleteDBInstanceCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { Client } from 'pg';
import { eventually } from '../eventually.ts';
import { practiceEstate } from './estate.ts';
import { operatorAt } from './operator.ts';

/** East is lost and the replica in west is gone: only the copy of a snapshot is left there. */
describe('a service that comes back from a snapshot', function () {
  this.timeout(240_000);
  const estate = practiceEstate();
  const start = (input: object = {}, mode = 'live') =>
    estate.start('sam', {
      runbook: 'restore-from-snapshot',
      mode,
      reason: 'a test',
      input: { service: 'shop', from: 'east', to: 'west', ...input },
    });
  const instances = async () =>
    (await operatorAt(estate, 'west').rds.send(new DescribeDBInstancesCommand({})))
      .DBInstances!.map(({ DBInstanceIdentifier }) => DBInstanceIdentifier)
      .filter((name) => name?.startsWith('orders-'));

  before(async function () {
    this.timeout(60_000);
    await eventually(
      'a copy of a snapshot in west',
      async () => (await operatorAt(estate, 'west').rds.send(new DescribeDBSnapshotsCommand({}))).DBSnapshots ?? [],
      (found) => found.some(({ Status, SourceRegion }) => Status === 'available' && SourceRegion !== undefined),
    );
  });

  it('is refused on bad input, and changes nothing while a replica answers that has more', async () => {
    const wrong: [object, string][] = [
      [{ to: 'east' }, '/input/to'],
      [{ from: 'atlantis' }, '/input/from'],
      [{ maxLag: 'soon' }, '/input/maxLag'],
      [{ snapshot: 7 }, '/input/snapshot'],
    ];
    for (const [input, pointer] of wrong) {
      const { status, body } = await start(input);
      assert.deepEqual([status, body.errors?.map((error) => error.pointer)], [422, [pointer]], JSON.stringify(body));
    }
    const before = await estate.changes();
    for (const [input, reason] of [
      [{}, /orders-west in west answers and has data up to .*: promote it/],
      [{ snapshot: 'orders-of-last-year' }, /the snapshot orders-of-last-year in west cannot be used: there is none/],
    ] as const) {
      const { body } = await start(input);
      const paused = await estate.seen(body.runId!, 'the pause', ({ state }) => state === 'pausedByFailedStep');
      assert.match(paused.status, reason);
      await estate.signal('ben', body.runId!, 'abort', { how: 'undo', reason: 'a test' });
      assert.equal((await estate.approveUntilEnd(body.runId!)).state, 'compensated');
    }
    assert.equal(await estate.changes(), before);
  });

  it('in simulate makes no state-changing call and lists every call that it would make', async () => {
    const before = await estate.changes();
    const { body } = await start({ despiteReplica: true, multiAz: true }, 'simulate');
    const view = await estate.approveUntilEnd(body.runId!);
    assert.deepEqual([view.state, await estate.changes()], ['completed', before], view.status);
    const predicted = view.steps.flatMap((step) => step.predicted.map(({ call }) => call));
    const wanted = ['rds:RestoreDBInstanceFromDBSnapshot', 'rds:ModifyDBInstance', 'cloudwatch:PutMetricAlarm'];
    for (const call of [...wanted, 'route53:ChangeResourceRecordSets'])
      assert.ok(predicted.includes(call), `${call} in ${predicted.join()}`);
  });

  it('leaves everything as it was when people decline after it was restored: the replica serves under its name all the while', async () => {
    const { body } = await start({ despiteReplica: true });
    const gate = await estate.openGate(body.runId!);
    await estate.seen(body.runId!, 'the restored database', ({ steps }) =>
      steps.some(({ title, state }) => /restored data is whole/.test(title) && state === 'completed'),
    );
    assert.equal((await instances()).length, 2);
    assert.equal((await estate.range.status()).regions.west.database, 'replica', 'it has its name until somebody has approved');
    await estate.signal('ana', body.runId!, 'decline', { gate: gate.id, digest: gate.digest, comment: 'the replica will do' });
    const view = await estate.approveUntilEnd(body.runId!);
    assert.equal(view.state, 'canceled', view.status);
    assert.deepEqual(await instances(), ['orders-west']);
    await eventually(
      'the replica under its name',
      () => estate.range.status(),
      ({ regions }) => regions.west.database === 'replica' && regions.west.shop.desired === 1,
    );
  });

  it('loses exactly the acknowledged orders since the snapshot, lists them, and serves again in the other region', async () => {
    const west = operatorAt(estate, 'west');
    await west.rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: 'orders-west', DeletionProtection: false }));
    await eventually(
      'an available replica',
      async () => (await west.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'orders-west' }))).DBInstances![0]!,
      ({ DBInstanceStatus }) => DBInstanceStatus === 'available',
    );
    await west.rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'orders-west', SkipFinalSnapshot: true }));
    await eventually('no replica', instances, (names) => names.length === 0);
    await estate.range.break({ kind: 'lose-region', region: 'east' });

    const { body } = await start({ multiAz: true });
    const gate = await estate.openGate(body.runId!);
    assert.equal(gate.of, 'data-owner', 'the old primary is not fenced, and the snapshot is older than the budget');
    const view = await estate.approveUntilEnd(body.runId!);
    assert.equal(view.state, 'completed', view.status);
    const lost = view.measures['lost'] as { count: number; missing: { id: string; at: string }[] };
    assert.deepEqual(lost.missing.map(({ id }) => id).sort(), (await missedByCustomers()).sort());
    const approved = Number(gate.facts.find(({ name }) => name === 'acknowledged orders since the snapshot, at most')?.value);
    assert.ok(lost.count > 0 && lost.count <= approved, `${lost.count} of ${approved}`);
    assert.equal(view.gates.length, 1, 'nobody is asked about more than was approved');
    assert.deepEqual(view.measures['fence'], { fenced: false, why: 'the primary in east does not answer' });

    const { regions, customers } = await estate.range.status();
    assert.deepEqual([regions.west.database, regions.west.weight, customers.outage.over], ['primary', 100, true]);
    const [restored] = (await west.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'orders-west' }))).DBInstances!;
    assert.deepEqual(
      [
        restored!.MultiAZ,
        restored!.BackupRetentionPeriod,
        restored!.DeletionProtection,
        restored!.DBParameterGroups?.[0]?.DBParameterGroupName,
      ],
      [true, 7, true, 'orders-postgres'],
    );
    assert.equal(await estate.changes('RestoreDBInstanceFromDBSnapshot'), 2, 'once for the run that was declined, once for this one');
    assert.equal(await estate.changes('PutMetricAlarm'), 3);
  });

  it('has its lost primary fenced the moment it comes back', async () => {
    await estate.range.heal();
    await eventually(
      'the fence on the old primary',
      () => estate.range.status(),
      ({ regions }) => regions.east.database === 'fenced',
    );
  });

  /** Ids that customers hold an acknowledgement for and that the database in west does not have. */
  async function missedByCustomers(): Promise<string[]> {
    const answer = await fetch(estate.stack.variables['MUSTER_RANGE_CUSTOMERS_ACKNOWLEDGED']!);
    const { orders } = (await answer.json()) as { orders: { id: string; at: string }[] };
    const client = new Client({ connectionString: estate.stack.variables['MUSTER_RANGE_PG_WEST']! });
    await client.connect();
    const { rows } = await client.query<{ id: string }>('SELECT id::text FROM orders');
    await client.end();
    const kept = new Set(rows.map(({ id }) => id));
    // Orders of this moment may be under way to the database.
    return orders.filter(({ id, at }) => !kept.has(id) && Date.parse(at) < Date.now() - 5_000).map(({ id }) => id);
  }
});
