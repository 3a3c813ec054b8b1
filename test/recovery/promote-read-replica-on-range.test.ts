import assert from 'node:assert/strict';
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeDBInstancesCommand } from '@aws-sdk/client-rds';
import { eventually } from '../eventually.ts';
import { practiceEstate } from './estate.ts';
import { operatorAt } from './operator.ts';

/** The primary moves from east to west and back while the shop stays in east: once from a sick primary, once from a dead one. */
describe('a read replica that takes its primary’s place', function () {
  this.timeout(240_000);
  const estate = practiceEstate();
  const start = (input: object, mode = 'live') =>
    estate.start('sam', { runbook: 'promote-read-replica', mode, reason: 'a test', input: { service: 'shop', ...input } });
  const westward = { from: 'east', to: 'west' };

  it('is refused on bad input by the name of the field, and stops before any change when the replica is none', async () => {
    const wrong: [object, string][] = [
      [{ from: 'east', to: 'east' }, '/input/to'],
      [{ from: 'east', to: 'atlantis' }, '/input/to'],
      [{ from: 'atlantis', to: 'west' }, '/input/from'],
      [{ ...westward, maxLag: 'soon' }, '/input/maxLag'],
    ];
    for (const [input, pointer] of wrong) {
      const { status, body } = await start(input);
      assert.deepEqual([status, body.errors?.map((error) => error.pointer)], [422, [pointer]], JSON.stringify(body));
    }
    const before = await estate.changes();
    const { body } = await start({ from: 'west', to: 'east' });
    const paused = await estate.seen(body.runId!, 'the pause', ({ state }) => state === 'pausedByFailedStep');
    assert.match(paused.status, /orders-east in east: needed a replica, have primary/);
    await estate.signal('ben', body.runId!, 'abort', { how: 'undo', reason: 'a test' });
    assert.equal((await estate.approveUntilEnd(body.runId!)).state, 'compensated');
    assert.equal(await estate.changes(), before);
  });

  it('in simulate makes no state-changing call and lists every call that it would make', async () => {
    const before = await estate.changes();
    const { body } = await start({ ...westward, multiAz: true }, 'simulate');
    const view = await estate.approveUntilEnd(body.runId!);
    assert.deepEqual([view.state, await estate.changes()], ['completed', before], view.status);
    const predicted = view.steps.flatMap((step) => step.predicted.map(({ call }) => call));
    const wanted = ['rds:PromoteReadReplica', 'route53:ChangeResourceRecordSets', 'rds:ModifyDBInstance', 'cloudwatch:PutMetricAlarm'];
    for (const call of [...wanted, 'rds:CreateDBInstanceReadReplica'])
      assert.ok(predicted.includes(call), `${call} in ${predicted.join()}`);
  });

  it('takes over from a primary that answers without losing an order, and gets backups, Multi-AZ, alarms and a replica of its own', async () => {
    const { body } = await start({ ...westward, multiAz: true });
    const gate = await estate.openGate(body.runId!);
    assert.equal(gate.of, 'incident-commander');
    const parity = gate.facts.find(({ name }) => name === 'parameter group of the replica');
    assert.deepEqual([parity?.value, parity?.verdict], ['orders-postgres', 'good']);
    const view = await estate.approveUntilEnd(body.runId!);
    assert.equal(view.state, 'completed', view.status);
    assert.equal((view.measures['lost'] as { count: number }).count, 0);
    assert.equal(view.gates.length, 1, 'nobody is asked about old data that the new primary has');

    const { regions, customers } = await estate.range.status();
    assert.deepEqual([regions.west.database, regions.east.database], ['primary', 'replica']);
    assert.deepEqual([regions.east.weight, regions.west.weight], [100, 0], 'the service stayed where it was');
    assert.ok(customers.outage.over);
    const west = operatorAt(estate, 'west');
    const [instance] = (await west.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'orders-west' }))).DBInstances!;
    assert.deepEqual([instance!.MultiAZ, instance!.BackupRetentionPeriod], [true, 7]);
    const { MetricAlarms } = await west.cloudwatch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: 'orders-west-' }));
    assert.deepEqual(MetricAlarms?.map(({ AlarmName }) => AlarmName).sort(), [
      ...['orders-west-connections', 'orders-west-cpu', 'orders-west-storage'],
    ]);
    assert.equal(await estate.changes('PutMetricAlarm'), 3);
    const east = await operatorAt(estate, 'east').rds.send(new DescribeDBInstancesCommand({}));
    assert.ok(
      east.DBInstances!.some(({ DBInstanceIdentifier }) => /^orders-east-aside-/.test(DBInstanceIdentifier!)),
      'the old primary is kept',
    );
  });

  it('takes over from a dead primary with the stronger approval, and fences it before it serves again', async () => {
    await estate.range.break({ kind: 'crash-database', region: 'west' });
    await eventually(
      'the death of the primary',
      () => estate.range.status(),
      ({ regions }) => regions.west.database === 'down',
    );
    const { body } = await start({ from: 'west', to: 'east' });
    assert.equal((await estate.openGate(body.runId!)).of, 'data-owner');
    const view = await estate.approveUntilEnd(body.runId!);
    assert.equal(view.state, 'completed', view.status);
    assert.equal((view.measures['fence'] as { fenced: boolean }).fenced, false);
    const lost = view.measures['lost'] as { count: number; missing: unknown[] };
    assert.equal(lost.count, lost.missing.length);
    assert.equal((await estate.range.status()).regions.east.database, 'primary');

    await estate.range.heal({ kind: 'crash-database' });
    await estate.seen(`${body.runId}-fenceOnReturn`, 'the fence on its return', ({ state }) => state === 'completed');
    await eventually(
      'a fenced old primary',
      () => estate.range.status(),
      ({ regions }) => regions.west.database === 'fenced',
    );
  });
});
