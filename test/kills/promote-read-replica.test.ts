import assert from 'node:assert/strict';
import { practiceEstate } from '../recovery/estate.ts';
import { killInsideEveryChange } from '../recovery/kill-everywhere.ts';

const once = {
  PromoteReadReplica: 1,
  ChangeResourceRecordSets: 1,
  // Backups, Multi-AZ, and the name of the old primary.
  ModifyDBInstance: 3,
  PutMetricAlarm: 3,
  CreateDBInstanceReadReplica: 1,
};

describe('a promotion while the worker dies again and again', function () {
  this.timeout(400_000);
  const estate = practiceEstate();

  it('promotes once, points once and builds one replica, and no order is lost', async () => {
    const { body } = await estate.start('sam', {
      ...{ runbook: 'promote-read-replica', mode: 'live', reason: 'a test' },
      input: { service: 'shop', from: 'east', to: 'west', multiAz: true },
    });
    const { view, kills } = await killInsideEveryChange(estate, body.runId!);
    assert.equal(view.state, 'completed', view.status);
    assert.ok(kills >= 8, `${kills} kills`);
    for (const [action, count] of Object.entries(once)) assert.equal(await estate.changes(action), count, action);
    assert.equal((view.measures['lost'] as { count: number }).count, 0);
    const { regions } = await estate.range.status();
    assert.deepEqual([regions.west.database, regions.east.database], ['primary', 'replica']);
  });
});
