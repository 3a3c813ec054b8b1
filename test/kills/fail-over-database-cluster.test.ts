import assert from 'node:assert/strict';
import { practiceEstate } from '../recovery/estate.ts';
import { killInsideEveryChange } from '../recovery/kill-everywhere.ts';

describe('failOverDatabaseCluster, killed inside every change', function () {
  this.timeout(300_000);
  const estate = practiceEstate();

  it('moves the writer once inside its region and once to the other one, wherever its worker dies', async () => {
    for (const [to, action] of [
      ['ledger-east-2', 'FailoverDBCluster'],
      ['west', 'SwitchoverGlobalCluster'],
    ] as const) {
      const { body } = await estate.start('sam', {
        ...{ runbook: 'fail-over-database-cluster', reason: 'a test', input: { cluster: 'ledger', to } },
      });
      const { view, kills } = await killInsideEveryChange(estate, body.runId!);
      assert.equal(view.state, 'completed', view.status);
      assert.ok(kills >= 1, `${kills} kills`);
      assert.equal(await estate.changes(action), 1);
    }
    assert.equal(await estate.changes(), 2);
  });
});
