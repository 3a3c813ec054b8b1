import assert from 'node:assert/strict';
import pg from 'pg';
import { eventually } from '../eventually.ts';
import { practiceEstate } from './estate.ts';

const behindStatement = `SELECT (2 - count(*))::int AS behind FROM pg_stat_replication WHERE replay_lsn >= pg_current_wal_lsn()`;

/** One story on one estate: the writer moves inside its region, to the other region on purpose, and home again when that region is lost. */
describe('the writer of a database cluster', function () {
  this.timeout(180_000);
  const estate = practiceEstate();

  const ledger = async <Row extends pg.QueryResultRow>(region: 'EAST' | 'WEST', statement: string): Promise<Row[]> => {
    const connectionString = estate.stack.variables[`MUSTER_RANGE_PG_LEDGER_${region}`];
    const client = new pg.Client({ connectionString });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Row>(statement)).rows;
    } finally {
      await client.end();
    }
  };
  const book = (region: 'EAST' | 'WEST') => ledger(region, 'INSERT INTO entries (amount) VALUES (1)');
  const booked = async (region: 'EAST' | 'WEST') => (await ledger<{ n: number }>(region, 'SELECT count(*)::int AS n FROM entries'))[0]!.n;
  const begin = (input: object, mode = 'live') =>
    estate.start('sam', { runbook: 'fail-over-database-cluster', mode, reason: 'a test', input: { cluster: 'ledger', ...input } });
  const clusterCalls = async () =>
    (await estate.range.calls())
      .filter(({ action }) => /Failover|Switchover/.test(action))
      .map(({ region, action }) => `${region} ${action}`);

  it('would be moved by one call with a target, says a dry run, and changes nothing', async () => {
    const { body } = await begin({ to: 'ledger-east-2' }, 'simulate');
    const view = await estate.approveUntilEnd(body.runId!);
    assert.equal(view.state, 'completed', view.status);
    const predicted = view.steps.flatMap((step) => step.predicted);
    assert.deepEqual(predicted, [
      {
        call: 'rds:FailoverDBCluster',
        args: { region: 'us-east-2', DBClusterIdentifier: 'ledger-east', TargetDBInstanceIdentifier: 'ledger-east-2' },
      },
    ]);
    assert.equal(await estate.changes(), 0);
  });

  it('moves to the member that was named, and every write is still there', async () => {
    await book('EAST');
    const { body } = await begin({ to: 'ledger-east-2' });
    const gate = await estate.openGate(body.runId!);
    const value = (name: string) => gate.facts.find((fact) => fact.name === name)?.value;
    assert.equal(value('call that will be made'), 'rds:FailoverDBCluster of ledger-east to ledger-east-2');
    assert.equal(value('member ledger-east-1'), 'writer, available, promotion tier 0');
    assert.equal(gate.facts.find(({ name }) => name === 'lag of the target')?.kind, 'duration');
    const view = await estate.approveUntilEnd(body.runId!);
    assert.equal(view.state, 'completed', view.status);
    assert.deepEqual(await clusterCalls(), ['east FailoverDBCluster']);
    const outage = view.measures['writeOutage'] as { over: boolean; before: boolean; totalMs: number };
    assert.deepEqual([outage.over, outage.before], [true, false]);
    assert.ok(outage.totalMs > 0 && outage.totalMs < 20_000, `${outage.totalMs} ms`);
    assert.deepEqual((view.measures['formerWriter'] as { instance: string; reader: boolean }).reader, true);
    await book('EAST');
    assert.equal(await booked('EAST'), 2);
  });

  it('is adopted where it already is: no question, no call', async () => {
    const { body } = await begin({ to: 'ledger-east-2' });
    const view = await estate.approveUntilEnd(body.runId!);
    assert.deepEqual([view.state, view.gates.length], ['completed', 0]);
    assert.deepEqual(await clusterCalls(), ['east FailoverDBCluster']);
  });

  it('is refused with the way that works when no call fits', async () => {
    const field = async (input: object) => (await begin(input)).body.errors?.[0];
    assert.match((await field({ to: 'orders-west' }))!.detail, /use promote-read-replica/);
    assert.match((await field({ cluster: 'orders', to: 'west' }))!.detail, /made of single instances/);
    assert.match((await field({ to: 'north' }))!.detail, /known: ledger-east-1/);
    assert.equal((await field({ to: 'west', planned: true, acceptDataLoss: true }))!.pointer, '/input/acceptDataLoss');
    const { body } = await begin({ to: 'ledger-west-1' });
    const stuck = await estate.seen(body.runId!, 'the refusal', ({ state }) => state === 'pausedByFailedStep');
    assert.match(stuck.status, /never leaves its region/);
    await estate.signal('sam', body.runId!, 'abort', { how: 'leave', reason: 'asked wrongly' });
    await estate.seen(body.runId!, 'the end', ({ state }) => state === 'canceled');
    assert.deepEqual(await clusterCalls(), ['east FailoverDBCluster']);
  });

  it('switches over to the other region without losing a write', async () => {
    const { body } = await begin({ to: 'west', planned: true });
    const view = await estate.approveUntilEnd(body.runId!);
    assert.equal(view.state, 'completed', view.status);
    assert.deepEqual(await clusterCalls(), ['east FailoverDBCluster', 'east SwitchoverGlobalCluster']);
    assert.equal(await booked('WEST'), 2);
    await book('WEST');
  });

  it('is not moved out of a lost region without the consent to lose data', async () => {
    await eventually(
      'the readers in east to have everything',
      () => ledger<{ behind: number }>('WEST', behindStatement),
      ([row]) => row!.behind === 0,
      20_000,
    );
    await estate.range.break({ kind: 'lose-region', region: 'west' });
    const { body } = await begin({ to: 'east' });
    const stuck = await estate.seen(body.runId!, 'the refusal', ({ state }) => state === 'pausedByFailedStep');
    assert.match(stuck.status, /only a failover that may lose data is left/);
    await estate.signal('sam', body.runId!, 'abort', { how: 'leave', reason: 'asks again with consent' });
    await estate.seen(body.runId!, 'the end', ({ state }) => state === 'canceled');
  });

  it('moves out of a lost region when the data owners accept the loss that the facts show', async () => {
    const { body } = await begin({ to: 'east', acceptDataLoss: true });
    const gate = await estate.openGate(body.runId!);
    const fact = (name: string) => gate.facts.find((one) => one.name === name);
    assert.deepEqual([gate.of, gate.quorum], ['data-owner', 2]);
    assert.match(
      String(fact('call that will be made')?.value),
      /FailoverGlobalCluster of ledger-global from west to east with AllowDataLoss/,
    );
    assert.equal(fact('consent to data loss, given by approving')?.value, true);
    assert.equal(typeof fact('RPO: lag of the target when it was last read')?.value, 'number');
    const view = await estate.approveUntilEnd(body.runId!);
    assert.equal(view.state, 'completed', view.status);
    assert.deepEqual((await clusterCalls()).at(-1), 'east FailoverGlobalCluster');
    assert.equal((view.measures['formerWriter'] as { reader: boolean }).reader, false);
    assert.equal((view.measures['writeOutage'] as { before: boolean }).before, true);
    assert.equal(await booked('EAST'), 3);
    await book('EAST');
  });

  it('comes back to a returned region only as a reader’s data', async () => {
    await estate.range.heal();
    await assert.rejects(booked('WEST'), { code: 'ECONNREFUSED' });
    const { body } = await begin({ to: 'west', planned: true });
    const stuckOrGate = await estate.seen(
      body.runId!,
      'a gate',
      ({ gates, state }) => gates.length > 0 || state === 'pausedByFailedStep',
      60_000,
    );
    assert.equal(stuckOrGate.state, 'pendingApproval', stuckOrGate.status);
    const view = await estate.approveUntilEnd(body.runId!);
    assert.equal(view.state, 'completed', view.status);
    assert.equal(await booked('WEST'), 4);
  });
});
