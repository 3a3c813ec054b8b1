import assert from 'node:assert/strict';
import { DescribeDBSnapshotsCommand } from '@aws-sdk/client-rds';
import { eventually } from '../eventually.ts';
import { practiceEstate } from '../recovery/estate.ts';
import { killInsideEveryChange } from '../recovery/kill-everywhere.ts';
import { operatorAt } from '../recovery/operator.ts';

const once = {
  RestoreDBInstanceFromDBSnapshot: 1,
  // The name of the useless replica, which the restored instance gets, and Multi-AZ; it keeps backups for as long as the instance of the snapshot did.
  ModifyDBInstance: 3,
  PutMetricAlarm: 3,
  DeleteDBInstance: 0,
};

describe('a restore from a snapshot while the worker dies again and again', function () {
  this.timeout(700_000);
  const estate = practiceEstate();

  it('restores once, and loses exactly the orders that it lists', async () => {
    await eventually(
      'a copy of a snapshot in west',
      async () => (await operatorAt(estate, 'west').rds.send(new DescribeDBSnapshotsCommand({}))).DBSnapshots ?? [],
      (found) => found.some(({ Status, SourceRegion }) => Status === 'available' && SourceRegion !== undefined),
      60_000,
    );
    await estate.range.break({ kind: 'lose-region', region: 'east' });
    const { body } = await estate.start('sam', {
      ...{ runbook: 'restore-from-snapshot', mode: 'live', reason: 'the replica has bad data' },
      input: { service: 'shop', from: 'east', to: 'west', despiteReplica: true, multiAz: true },
    });
    const { view, kills } = await killInsideEveryChange(estate, body.runId!, { within: 600_000 });
    assert.equal(view.state, 'completed', view.status);
    assert.ok(kills >= 8, `${kills} kills`);
    for (const [action, count] of Object.entries(once)) assert.equal(await estate.changes(action), count, action);
    const lost = view.measures['lost'] as { count: number; missing: unknown[] };
    assert.deepEqual([lost.missing.length, lost.count > 0], [lost.count, true]);
    const { regions, customers } = await estate.range.status();
    assert.deepEqual([regions.west.database, regions.west.weight, customers.outage.over], ['primary', 100, true]);
  });
});
