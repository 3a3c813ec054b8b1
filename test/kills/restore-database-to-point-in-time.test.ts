import assert from 'node:assert/strict';
import { eventually } from '../eventually.ts';
import { practiceEstate } from '../recovery/estate.ts';
import { killInsideEveryChange } from '../recovery/kill-everywhere.ts';

const actions = [
  'CreateDBSnapshot',
  'RestoreDBInstanceToPointInTime',
  'ModifyDBInstance',
  'CreateDBInstanceReadReplica',
  'DeleteDBInstance',
];

describe('a restore, and the way back, while Muster dies again and again', function () {
  this.timeout(400_000);
  const estate = practiceEstate();
  const counted = () => Promise.all(actions.map((action) => estate.changes(action)));
  let aside: string;

  async function goThrough(runbook: string, input: object, what: 'worker' | 'temporal', once: number[], least: number) {
    const before = await counted();
    const { body, status } = await estate.start('sam', { runbook, reason: 'a test', input: { service: 'shop', region: 'east', ...input } });
    assert.equal(status, 201, JSON.stringify(body));
    const { view, kills } = await killInsideEveryChange(estate, body.runId!, { what });
    assert.equal(view.state, 'completed', view.status);
    assert.ok(kills >= least, `${kills} kills`);
    assert.deepEqual(
      (await counted()).map((count, index) => count - before[index]!),
      once,
      actions.join(),
    );
    await estate.healthy();
    return view;
  }

  it('restores once, changes each name once and builds one replica when the worker is killed inside every change', async () => {
    const at = new Date(Date.now() - 2_000).toISOString();
    await eventually(
      'some writes after it',
      () => estate.range.acknowledged(at),
      (orders) => orders.length > 10,
      60_000,
    );
    // Two names here and one in the other region.
    const view = await goThrough('restore-database-to-point-in-time', { at }, 'worker', [1, 1, 3, 1, 0], 8);
    aside = (view.measures['oldDatabase'] as { instance: string }).instance;
  });

  it('puts the old database back once when Temporal is killed inside every change', async () => {
    await goThrough('undo-database-restore', { aside }, 'temporal', [0, 0, 3, 1, 0], 5);
  });
});
