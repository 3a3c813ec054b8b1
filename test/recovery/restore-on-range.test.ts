import assert from 'node:assert/strict';
import { DeleteDBInstanceCommand, DescribeDBInstancesCommand, RestoreDBInstanceToPointInTimeCommand } from '@aws-sdk/client-rds';
import pg from 'pg';
import { eventually } from '../eventually.ts';
import { practiceEstate } from './estate.ts';
import { operatorAt } from './operator.ts';

type Endpoint = { host: string; port: number };
type Write = { id: string; at: string };

/** One story: a bad deploy deletes orders, the database is restored to the second before, and in the end put back as it was. */
describe('a restore to a point in time while customers keep ordering', function () {
  this.timeout(240_000);
  const estate = practiceEstate();
  const shop = { service: 'shop', region: 'east' };
  const start = (runbook: string, input: object, mode = 'live') => estate.start('sam', { runbook, mode, reason: 'a test', input });
  const restore = (input: object, mode = 'live') => start('restore-database-to-point-in-time', { ...shop, ...input }, mode);
  const rds = () => operatorAt(estate, 'east').rds;
  const found = async (name: string) => (await rds().send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: name }))).DBInstances![0]!;

  /** Asks as the data's owner, on the usual instance or on another server. */
  async function ask<Row extends pg.QueryResultRow>(sql: string, values: unknown[] = [], endpoint?: Endpoint): Promise<Row[]> {
    const url = new URL(estate.stack.variables['MUSTER_RANGE_PG_EAST']!);
    if (endpoint) Object.assign(url, { hostname: endpoint.host, port: String(endpoint.port) });
    const session = new pg.Client({ connectionString: url.href });
    await session.connect();
    try {
      return (await session.query<Row>(sql, values)).rows;
    } finally {
      await session.end();
    }
  }
  const idsOf = async (endpoint?: Endpoint) =>
    new Set((await ask<{ id: string }>('SELECT id::text FROM orders', [], endpoint)).map(({ id }) => id));
  const ended = (runId: string) => estate.approveUntilEnd(runId, 180_000);

  let deletedAt: string;
  let at: string;
  let deleted: string[];
  let aside: string;
  let lostWrites: Write[];

  it('is refused at the API by the name of the field', async () => {
    const soon = new Date(Date.now() + 60_000).toISOString();
    const past = '2025-01-31T09:59:59Z';
    const wrong: [object, string[]][] = [
      [{ at: soon }, ['/input/at']],
      [{ at: '2025-01-31T09:59:59+02:00' }, ['/input/at']],
      [{ at: '2025-01-31 09:59' }, ['/input/at']],
      [{ lastGood: past, badSince: past }, ['/input/lastGood']],
      [{ at: past, target: 'orders-east' }, ['/input/target']],
      [{ at: past, target: 'Orders--copy' }, ['/input/target']],
      [{ at: past, probes: 7 }, ['/input/probes']],
      [{ at: past, region: 'atlantis' }, ['/input/region']],
      [{ at: past, service: 'bakery' }, ['/input/service']],
      [{}, ['/input/at']],
    ];
    for (const [input, pointers] of wrong) {
      const { status, body } = await restore(input);
      assert.deepEqual([status, body.errors?.map(({ pointer }) => pointer)], [422, pointers], JSON.stringify([input, body]));
    }
    const same = await start('undo-database-restore', { ...shop, aside: 'orders-east' });
    assert.deepEqual([same.status, same.body.errors?.[0]?.pointer], [422, '/input/aside']);
  });

  it('stops before any change when the time, the source or the name cannot be used, with needed and have', async () => {
    await found('orders-east');
    await rds().send(
      new RestoreDBInstanceToPointInTimeCommand({
        ...{ SourceDBInstanceIdentifier: 'orders-east', TargetDBInstanceIdentifier: 'somebodys-copy', UseLatestRestorableTime: true },
      }),
    );
    const now = new Date(Date.now() - 2_000).toISOString();
    const before = await estate.changes();
    const wrong: [object, RegExp][] = [
      [{ at: '2025-01-31T09:59:59Z' }, /needed a time from .* to .*, have 2025-01-31T09:59:59Z/],
      [{ at: now, region: 'west' }, /orders-west in west: needed an available primary, have replica available/],
      [{ at: now, target: 'somebodys-copy' }, /somebodys-copy in east: needed a free name, have a primary/],
    ];
    for (const [input, sentence] of wrong) {
      const { body } = await restore(input);
      const paused = await estate.seen(body.runId!, 'the pause', ({ state }) => state === 'pausedByFailedStep');
      assert.match(paused.status, sentence);
      await estate.signal('ben', body.runId!, 'abort', { how: 'undo', reason: 'a test' });
      assert.equal((await ended(body.runId!)).state, 'compensated');
    }
    assert.equal(await estate.changes(), before);
    await eventually(
      'the copy of somebody else to go again',
      async () => {
        await rds()
          .send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'somebodys-copy', SkipFinalSnapshot: true }))
          .catch(() => undefined);
        return found('somebodys-copy').catch(() => 'gone');
      },
      (seen) => seen === 'gone',
      60_000,
    );
  });

  it('in simulate makes no state-changing call and lists every call that it would make', async () => {
    const before = await estate.changes();
    const { body } = await restore({ at: new Date(Date.now() - 2_000).toISOString() }, 'simulate');
    const view = await ended(body.runId!);
    assert.deepEqual([view.state, await estate.changes()], ['completed', before], view.status);
    const predicted = view.steps.flatMap((step) => step.predicted.map(({ call }) => call));
    for (const call of ['CreateDBSnapshot', 'RestoreDBInstanceToPointInTime', 'ModifyDBInstance', 'CreateDBInstanceReadReplica'])
      assert.ok(predicted.includes(`rds:${call}`), `${call} in ${predicted.join()}`);
    assert.equal(predicted.filter((call) => call === 'rds:ModifyDBInstance').length, 3, 'two names here, one in the other region');
    assert.ok(predicted.some((call) => call.includes('default_transaction_read_only = on')));
  });

  it('is taken back in the middle of the cut-over: the database has its name and its writers again, and no copy is left', async () => {
    const { body } = await restore({ at: new Date(Date.now() - 2_000).toISOString(), target: 'orders-copy' });
    const runId = body.runId!;
    const { id, digest } = await estate.openGate(runId);
    await Promise.all(['ana', 'ben'].map((by) => estate.signal(by, runId, 'approve', { gate: id, digest })));
    const renames = /^Set orders-east aside/;
    await estate.seen(runId, 'the old database to be set aside', ({ steps }) => steps.some(({ title }) => renames.test(title)));
    await estate.signal('ben', runId, 'abort', { how: 'undo', reason: 'a test' });
    const view = await ended(runId);
    assert.deepEqual([view.state, view.pastPointOfNoReturn], ['compensated', false], view.status);
    await assert.rejects(found('orders-copy'), /not found/i);
    const { customers } = await estate.range.status();
    await eventually(
      'orders again',
      () => estate.range.status(),
      (now) => now.customers.acknowledged > customers.acknowledged + 5,
      20_000,
    );
  });

  it('brings back what was deleted at T as of the second before, lists every write since, and keeps the old database', async () => {
    await eventually(
      'orders that are older than two seconds',
      () => ask<{ n: number }>(`SELECT count(*)::int AS n FROM orders WHERE placed_at < clock_timestamp() - interval '2 s'`),
      ([row]) => row!.n > 20,
      60_000,
    );
    const gone = await ask<{ id: string; at: Date }>(
      `WITH bad AS (SELECT id FROM orders WHERE placed_at < clock_timestamp() - interval '2 s' ORDER BY random() LIMIT 15),
         l AS (DELETE FROM order_lines WHERE order_id IN (SELECT id FROM bad)),
         o AS (DELETE FROM orders WHERE id IN (SELECT id FROM bad) RETURNING id)
       SELECT id::text, now() AS at FROM o`,
    );
    deleted = gone.map(({ id }) => id);
    deletedAt = gone[0]!.at.toISOString();
    at = new Date(Date.parse(deletedAt) - 1_000).toISOString();
    await eventually(
      'some writes after it',
      () => estate.range.acknowledged(deletedAt),
      (orders) => orders.length > 20,
      60_000,
    );
    await fetch(new URL('/customers/reset-outage', estate.stack.addresses.control), { method: 'POST' });
    const { body } = await restore({ at });
    const gate = await estate.openGate(body.runId!);
    assert.equal(gate.of, 'data-owner', 'writes would be lost');
    const fact = (name: string) => gate.facts.find((one) => one.name === name);
    assert.ok((fact('writes that would be lost')!.value as number) > 0);
    assert.deepEqual(
      [fact('settings that differ from the old database')?.value, fact('in the copy: no line without its order')?.value],
      [0, true],
    );
    const view = await ended(body.runId!);
    assert.equal(view.state, 'completed', view.status);

    const old = view.measures['oldDatabase'] as { instance: string; endpoint: Endpoint };
    aside = old.instance;
    const acknowledged = await estate.range.acknowledged(at);
    const [now, then] = [await idsOf(), await idsOf(old.endpoint)];
    assert.ok(
      deleted.every((id) => now.has(id) && !then.has(id)),
      'what was deleted is back',
    );
    const lost = view.measures['writesLost'] as { count: number; writes: Write[]; first: string; last: string };
    lostWrites = lost.writes;
    assert.deepEqual(
      lost.writes.map(({ id }) => id).sort(),
      [...then].filter((id) => !now.has(id)).sort(),
      'what is listed is what was written after T and only the old database has',
    );
    assert.deepEqual([lost.count, lost.first], [lost.writes.length, lost.writes[0]!.at]);
    assert.ok(Date.parse(lost.first) >= Date.parse(at) - 1_000);
    assert.ok(
      acknowledged.every(({ id }) => now.has(id) || then.has(id)),
      'no acknowledged order is in neither',
    );
    await assert.rejects(ask('CREATE TABLE spoilt ()', [], old.endpoint), /read-only transaction/);

    const outage = view.measures['outage'] as { totalMs: number; over: boolean };
    assert.ok(outage.over && outage.totalMs > 0 && outage.totalMs < 30_000, JSON.stringify(outage));
    const closed = view.measures['closedToWriters'] as { ms: number };
    assert.ok(closed.ms > 0 && closed.ms < 30_000, JSON.stringify(closed));
  });

  it('leaves the settings as they were, backups on and a replica that follows the restored database', async () => {
    const [restored, old] = [await found('orders-east'), await found(aside)];
    for (const key of [
      'MultiAZ',
      'DeletionProtection',
      'DBParameterGroups',
      'VpcSecurityGroups',
      'DBInstanceClass',
      'StorageType',
    ] as const)
      assert.deepEqual(restored[key], old[key], key);
    assert.ok((restored.BackupRetentionPeriod ?? 0) >= 7);
    await estate.healthy();
    const [order] = await ask<{ id: string }>('SELECT id::text FROM orders ORDER BY placed_at DESC LIMIT 1');
    const west = new URL(estate.stack.variables['MUSTER_RANGE_PG_WEST']!);
    await eventually(
      'the newest order on the replica',
      () => ask('SELECT 1 FROM orders WHERE id = $1', [order!.id], { host: west.hostname, port: Number(west.port) }),
      (rows) => rows.length === 1,
      20_000,
    );
  });

  it('is taken back by its own runbook: the old database serves again, the restored one is kept', async () => {
    const dry = await start('undo-database-restore', { ...shop, aside }, 'simulate');
    const before = await estate.changes();
    assert.equal((await ended(dry.body.runId!)).state, 'completed');
    assert.equal(await estate.changes(), before);

    const sinceRestore = await idsOf();
    const { body } = await start('undo-database-restore', { ...shop, aside });
    const view = await ended(body.runId!);
    assert.equal(view.state, 'completed', view.status);
    const kept = view.measures['restoredDatabase'] as { instance: string; endpoint: Endpoint };
    const [now, then] = [await idsOf(), await idsOf(kept.endpoint)];
    assert.ok(deleted.every((id) => !now.has(id) && then.has(id)));
    assert.ok(lostWrites.every(({ id }) => now.has(id) && !then.has(id)));
    assert.ok([...sinceRestore].every((id) => then.has(id)));
    const lost = (view.measures['writesLost'] as { writes: Write[] }).writes.map(({ id }) => id);
    // What the bad deploy deleted is only in the restored one too, but was not written since.
    const only = [...then].filter((id) => !now.has(id) && !deleted.includes(id));
    assert.deepEqual(lost.filter((id) => !deleted.includes(id)).sort(), only.sort());
    await estate.healthy();
    const { customers } = await estate.range.status();
    assert.ok(customers.outage.over);
  });
});
