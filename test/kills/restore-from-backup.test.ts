import assert from 'node:assert/strict';
import pg from 'pg';
import { practiceEstate } from '../recovery/estate.ts';
import { killInsideEveryChange } from '../recovery/kill-everywhere.ts';

describe('restoreFromBackup, killed inside every change', function () {
  this.timeout(400_000);
  const estate = practiceEstate();

  it('takes, proves and restores once, wherever its worker dies', async () => {
    for (const action of ['take', 'restore']) {
      const input = { service: 'shop', region: 'east', action };
      const { body } = await estate.start('sam', { runbook: 'restore-from-backup', reason: 'a test', input });
      const { view, kills } = await killInsideEveryChange(estate, body.runId!);
      assert.equal(view.state, 'completed', view.status);
      assert.ok(kills >= 2, `${kills} kills`);
    }
    const url = new URL(estate.stack.variables['MUSTER_RANGE_PG_EAST']!);
    url.pathname = '/postgres';
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    const { rows } = await client.query<{ datname: string }>('SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1');
    await client.end();
    const names = rows.map(({ datname }) => datname.replace(/_[0-9a-f]{8}$/, ''));
    assert.deepEqual(names, ['orders', 'orders_before', 'postgres'], 'one old database is kept, and nothing half-made is left');
    assert.equal(await estate.changes(), 0);
  });
});
