import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { eventually } from '../eventually.ts';
import { practiceEstate } from './estate.ts';

describe('a logical backup on the practice range', function () {
  this.timeout(180_000);
  const estate = practiceEstate();

  const begin = (action: string, more: object = {}, mode = 'live') =>
    estate.start('sam', {
      runbook: 'restore-from-backup',
      mode,
      reason: 'a test',
      input: { service: 'shop', region: 'east', action, ...more },
    });
  const folder = () => estate.stack.variables['MUSTER_RANGE_BACKUPS']!;
  const files = () => readdirSync(folder()).sort();
  const ask = async <Row extends pg.QueryResultRow>(statement: string, name = 'orders'): Promise<Row[]> => {
    const url = new URL(estate.stack.variables['MUSTER_RANGE_PG_EAST']!);
    url.pathname = `/${name}`;
    const client = new pg.Client({ connectionString: url.href });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Row>(statement)).rows;
    } finally {
      await client.end();
    }
  };
  const databases = async () =>
    (await ask<{ datname: string }>(`SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1`, 'postgres')).map(
      ({ datname }) => datname,
    );
  let backup: string;

  it('is taken with a manifest that counts the very rows that are in it, and is proven by restoring it elsewhere', async () => {
    const { body } = await begin('take');
    const view = await estate.approveUntilEnd(body.runId!);
    assert.equal(view.state, 'completed', view.status);
    backup = view.measures['backup'] as string;
    assert.deepEqual(files(), [`${backup}.dump`, `${backup}.json`]);
    const manifest = JSON.parse(readFileSync(join(folder(), `${backup}.json`), 'utf8')) as {
      rows: Record<string, number>;
      bytes: number;
      verifiedAt: string | null;
    };
    assert.ok(manifest.rows['public.orders']! > 0 && manifest.verifiedAt !== null);
    assert.equal(statSync(join(folder(), `${backup}.dump`)).size, manifest.bytes);
    assert.equal(statSync(join(folder(), `${backup}.dump`)).mode & 0o077, 0);
    assert.deepEqual(await databases(), ['orders', 'postgres'], 'the database that it was restored into is gone again');
    const evidence = JSON.stringify(view.steps);
    assert.match(evidence, /pg_dump/);
    assert.equal(evidence.includes(new URL(estate.stack.variables['MUSTER_RANGE_PG_EAST']!).password), false, 'no password anywhere');
    assert.equal(await estate.changes(), 0);
  });

  it('would be restored beside the present database, says a dry run, and changes nothing', async () => {
    const { body } = await begin('restore', {}, 'simulate');
    const view = await estate.approveUntilEnd(body.runId!);
    assert.equal(view.state, 'completed', view.status);
    const calls = view.steps.flatMap(({ predicted }) => predicted.map(({ call }) => call));
    assert.ok(calls.some((call) => /pg_restore .*orders_restored_/.test(call)));
    assert.ok(calls.some((call) => /^ALTER DATABASE "orders" RENAME TO "orders_before_/.test(call)));
    assert.deepEqual([await databases(), files().length], [['orders', 'postgres'], 2]);
  });

  it('is refused where it cannot work', async () => {
    const wrong = async (input: object) =>
      (await estate.start('sam', { runbook: 'restore-from-backup', reason: 'a test', input })).body.errors?.[0];
    assert.match((await wrong({ service: 'shop', region: 'east', action: 'take', backup: 'x' }))!.detail, /only for a restore/);
    for (const [more, reason] of [
      [{ region: 'west' }, /is a standby/],
      [{ backup: 'no-such-backup' }, /there is no backup no-such-backup/],
    ] as const) {
      const { body } = await begin('restore', more);
      const stuck = await estate.seen(body.runId!, 'the refusal', ({ state }) => state === 'pausedByFailedStep');
      assert.match(stuck.status, reason);
      await estate.signal('sam', body.runId!, 'abort', { how: 'leave', reason: 'asked wrongly' });
      await estate.seen(body.runId!, 'the end', ({ state }) => state === 'canceled');
    }
    assert.equal(await estate.changes(), 0);
  });

  it('brings back what was deleted, lists what is lost for it, and keeps the old database', async () => {
    const [before] = await ask<{ n: number }>('SELECT count(*)::int AS n FROM orders');
    const backedUp = (JSON.parse(readFileSync(join(folder(), `${backup}.json`), 'utf8')) as { rows: Record<string, number> }).rows;
    await ask("DELETE FROM order_lines; DELETE FROM orders WHERE placed_at < now() - interval '2 seconds'");
    const { body } = await begin('restore', { backup });
    const gate = await estate.openGate(body.runId!);
    assert.deepEqual([gate.of, gate.quorum], ['data-owner', 2]);
    const fact = (name: string) => gate.facts.find((one) => one.name === name);
    assert.equal(typeof fact('RPO: age of the backup')?.value, 'number');
    assert.ok(Number(fact('acknowledged writes after the backup, which will be gone')?.value) > 0);
    const view = await estate.approveUntilEnd(body.runId!);
    assert.equal(view.state, 'completed', view.status);

    const kept = view.measures['kept'] as string;
    assert.deepEqual(await databases(), ['orders', kept, 'postgres'].sort());
    const [now] = await ask<{ n: number; lines: number }>(
      'SELECT count(*)::int AS n, (SELECT count(*)::int FROM order_lines) AS lines FROM orders',
    );
    assert.ok(now!.n >= backedUp['public.orders']! && now!.lines >= backedUp['public.order_lines']!, `${now!.n} of ${before!.n}`);
    const lost = view.measures['lost'] as { writes: number; listed: { id: string }[] };
    assert.ok(lost.writes > 0 && lost.listed.length > 0);
    const [gone] = await ask<{ n: number }>(`SELECT count(*)::int AS n FROM orders WHERE id = '${lost.listed[0]!.id}'`);
    const [there] = await ask<{ n: number }>(`SELECT count(*)::int AS n FROM orders WHERE id = '${lost.listed[0]!.id}'`, kept);
    assert.deepEqual([gone!.n, there!.n], [0, 1], 'what is lost can still be read in the old database');
    await assert.rejects(ask(`DELETE FROM orders`, kept), { code: '25006' }, 'which takes no writes');
    assert.equal(files().filter((file) => file.endsWith('.json')).length, 2, 'the present state was backed up first');
    const { customers } = await eventually(
      'customers who are served again',
      () => estate.range.status(),
      (status) => status.customers.outage.over,
    );
    assert.ok(customers.outage.totalMs < 60_000);
    const [readers] = await ask<{ n: number }>('SELECT count(*)::int AS n FROM pg_stat_replication');
    assert.equal(readers!.n, 1, 'the replica still follows');
  });
});
