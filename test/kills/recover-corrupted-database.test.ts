import assert from 'node:assert/strict';
import pg from 'pg';
import { practiceEstate } from '../recovery/estate.ts';
import { killInsideEveryChange } from '../recovery/kill-everywhere.ts';

describe('recoverCorruptedDatabase, killed inside every change', function () {
  this.timeout(400_000);
  const estate = practiceEstate();
  const once = ['CreateDBSnapshot', 'RestoreDBInstanceFromDBSnapshot', 'DeleteDBInstance'];
  const counted = () => Promise.all(once.map((action) => estate.changes(action)));
  const recover = async () => {
    const input = { service: 'shop', region: 'east' };
    const { body } = await estate.start('sam', { runbook: 'recover-corrupted-database', reason: 'a test', input });
    return killInsideEveryChange(estate, body.runId!);
  };

  it('keeps one snapshot, makes and removes one copy, and makes the index anew, wherever its worker dies', async () => {
    await estate.range.break({ kind: 'corrupt-index', rows: 3 });
    const { view, kills } = await recover();
    assert.equal(view.state, 'completed', view.status);
    assert.ok(kills >= 5, `${kills} kills`);
    assert.deepEqual(await counted(), [1, 1, 1]);
    const session = new pg.Client(estate.stack.variables['MUSTER_RANGE_PG_EAST']);
    await session.connect();
    await session.query(`SELECT bt_index_check('orders_pkey', true)`);
    await session.end();
    assert.equal((await estate.range.status()).regions.east.database, 'primary');
  });

  it('hands over once, and the database stays fenced, wherever its worker dies', async () => {
    const before = await counted();
    await estate.range.break({ kind: 'corrupt-rows', rows: 3 });
    const { view } = await recover();
    assert.equal(view.state, 'handedOver', view.status);
    assert.deepEqual(
      (await counted()).map((count, index) => count - before[index]!),
      [1, 1, 1],
    );
    const successors = [];
    for await (const run of estate.client.workflow.list({ query: "WorkflowType = 'restoreDatabaseToPointInTime'" })) successors.push(run);
    assert.deepEqual(
      successors.map(({ workflowId }) => workflowId),
      [view.successor],
    );
    assert.equal((await estate.range.status()).regions.east.database, 'fenced');
    await estate.signal('ben', view.successor!, 'abort', { how: 'undo', reason: 'seen enough' });
    assert.equal((await estate.approveUntilEnd(view.successor!)).state, 'compensated');
    assert.equal((await estate.range.status()).regions.east.database, 'primary');
  });
});
