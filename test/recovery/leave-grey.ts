import assert from 'node:assert/strict';
import pg from 'pg';
import type { GreyWay } from '../../src/range/contract.ts';
import type { RunView } from '../../src/workflows/messages.ts';
import { eventually } from '../eventually.ts';
import type { PracticeEstate } from './estate.ts';

/** Ways out of a region that is neither there nor gone, each followed by the way home. */
export function waysOut(estate: PracticeEstate) {
  const run = async (runbook: string, input: object, mode = 'live'): Promise<RunView> => {
    const { body } = await eventually(
      `the start of ${runbook}`,
      () => estate.start('sam', { runbook, mode, reason: 'a test', input }),
      // Held by the fence on the return of the primary that was left, or a cool-down.
      ({ status }) => status !== 409,
      60_000,
      500,
    );
    assert.ok(body.runId, JSON.stringify(body));
    const view = await estate.approveUntilEnd(body.runId, 240_000);
    assert.match(view.state, /^completed/, `${runbook}: ${view.status}`);
    return view;
  };

  const inGrey = async <T>(how: GreyWay, act: () => Promise<T>): Promise<T> => {
    await estate.healthy();
    await estate.range.break({ kind: 'grey-region', region: 'east', how });
    return act().finally(() => estate.range.heal());
  };

  /** What is said is what is: nobody may call an old primary fenced that is not, or a loss smaller than it is. */
  async function isTrue({ runId, gates, measures }: RunView, goneBefore: ReadonlySet<string>): Promise<void> {
    const { fenced } = measures['fence'] as { fenced: boolean };
    const facts = gates.flatMap((gate) => gate.facts);
    const known = facts.filter(({ id }) => id === 'old-primary-answers').map(({ verdict }) => verdict);
    assert.ok(fenced || known.some((verdict) => verdict !== 'good'), 'people were told that it cannot be fenced');
    // People are asked when the logs do not tell which of the two is the primary.
    if (!fenced) await estate.approveUntilEnd(`${runId}-fenceOnReturn`, 60_000);
    await eventually(
      'an old primary that nobody can write to',
      () => estate.range.status(),
      ({ regions }) => regions.east.database !== 'primary',
      30_000,
    );
    const { missing, count } = measures['lost'] as { missing: { id: string }[]; count: number };
    const gone = await missedIn('WEST');
    const fresh = (ids: string[]) => ids.filter((id) => !goneBefore.has(id)).sort();
    // A list for people ends somewhere; the count does not.
    if (count > missing.length) assert.equal(count, gone.length);
    else assert.deepEqual(fresh(missing.map(({ id }) => id)), fresh(gone));
  }

  /** Ids of orders that customers hold an acknowledgement for, and that a database does not have. */
  async function missedIn(region: 'EAST' | 'WEST'): Promise<string[]> {
    const answer = await fetch(estate.stack.variables['MUSTER_RANGE_CUSTOMERS_ACKNOWLEDGED']!);
    const { orders } = (await answer.json()) as { orders: { id: string; at: string }[] };
    const client = new pg.Client({ connectionString: estate.stack.variables[`MUSTER_RANGE_PG_${region}`]! });
    await client.connect();
    const { rows } = await client.query<{ id: string }>('SELECT id::text FROM orders').finally(() => client.end());
    const kept = new Set(rows.map(({ id }) => id));
    return orders.filter(({ id }) => !kept.has(id)).map(({ id }) => id);
  }

  const out = { service: 'shop', from: 'east', to: 'west' };
  const home = async () => {
    await run('fail-back-region', { service: 'shop', from: 'west', to: 'east' });
    const { regions } = await estate.range.status();
    assert.deepEqual([regions.east.database, regions.west.database, regions.east.weight], ['primary', 'replica', 100]);
  };
  const leaveBy = (runbook: string, input: object) => async (how: GreyWay) => {
    const goneBefore = new Set(await missedIn('EAST'));
    const view = await inGrey(how, () => run(runbook, input));
    await isTrue(view, goneBefore);
    await home();
  };

  return {
    failOver: leaveBy('fail-over-region', out),
    promote: leaveBy('promote-read-replica', out),
    restore: leaveBy('restore-from-snapshot', { ...out, despiteReplica: true }),
    moveWriter: async (how: GreyWay) => {
      // The range builds its cluster when somebody asks for it first.
      await run('fail-over-database-cluster', { cluster: 'ledger', to: 'ledger-east-2', planned: true }, 'simulate');
      const { gates, measures } = await inGrey(how, () =>
        run('fail-over-database-cluster', { cluster: 'ledger', to: 'west', acceptDataLoss: true }),
      );
      const unread = gates[0]!.facts.filter(({ verdict }) => verdict === 'unknown');
      assert.ok((measures['formerWriter'] as { reader: boolean }).reader || unread.length > 0, 'what could not be read is unknown');
      await run('fail-over-database-cluster', { cluster: 'ledger', to: 'east', planned: true });
    },
  };
}
