import assert from 'node:assert/strict';
import { eventually } from '../eventually.ts';
import { practiceEstate } from '../recovery/estate.ts';
import { killInsideEveryChange } from '../recovery/kill-everywhere.ts';

const madeOnce = ['PromoteReadReplica', 'CreateDBInstanceReadReplica'];

describe('a move of a region while Muster dies again and again', function () {
  this.timeout(600_000);
  const estate = practiceEstate();

  const ways = [
    { what: 'worker', runbook: 'fail-over-region', from: 'east', to: 'west' },
    { what: 'temporal', runbook: 'fail-back-region', from: 'west', to: 'east' },
  ] as const;
  for (const { what, runbook, from, to } of ways) {
    it(`${runbook} promotes once and loses nothing when the ${what} is killed inside every change`, async () => {
      const input = { service: 'shop', from, to, ...(runbook === 'fail-over-region' ? { planned: true } : {}) };
      const counted = () => Promise.all(madeOnce.map((action) => estate.changes(action)));
      const before = await counted();
      const { body } = await eventually(
        'the start, once the cool-down is over',
        () => estate.start('sam', { runbook, reason: 'a test', input }),
        ({ status }) => status === 201,
        60_000,
        1_000,
      );
      const { view, kills } = await killInsideEveryChange(estate, body.runId!, { what });
      assert.equal(view.state, 'completed', view.status);
      assert.ok(kills >= 8, `${kills} kills`);
      assert.deepEqual(
        (await counted()).map((count, index) => count - before[index]!),
        [1, 1],
      );
      assert.equal((view.measures['lost'] as { count: number }).count, 0);
      const { regions } = await estate.range.status();
      assert.deepEqual([regions[to].database, regions[from].database], ['primary', 'replica']);
    });
  }
});
