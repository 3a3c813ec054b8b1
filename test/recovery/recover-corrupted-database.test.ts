import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import type { RecoverCorruption } from '../../src/workflows/procedures/damage/found.ts';
import { finalStates, type RunView } from '../../src/workflows/messages.ts';
import { benchFor, type TestRun } from '../kit/harness.ts';
import { badIndex, badPage, badRows, badRule, look, type Damage } from '../workflows/damage.ts';
import type { Given } from './corruption-successors.ts';
import { approveAll, everyWay } from './every-way.ts';
import { fakes, type Fakes } from './fakes.ts';

const approval = {
  ...{ duty: 'incident-commander', quorum: 2, stronger: { duty: 'data-owner', quorum: 2 } },
  ...{ escalateTo: [], withinMs: 60_000, expiresAfterMs: 3_600_000 },
};
const targets = { rtoMs: 60_000, rpoMs: 5_000 };
const watch = { forMs: 1_000, errorRate: 0.05 };
const shop = { service: 'shop', title: 'The shop', database: 'orders', targets, approval };
const promotion = { ...shop, from: 'east', to: 'west', planned: true, maxLagMs: 5_000, watch, protection: { multiAz: false, alarms: [] } };
const plan: Omit<RecoverCorruption, 'run'> = {
  ...{ ...shop, region: 'east', instance: 'orders-east', otherRegions: ['west'], watch, probes: 3 },
  promotions: { west: promotion },
};

interface Found {
  primary?: Damage;
  west?: Damage;
  standby?: string;
}

/** A database of which this was found, on the copy and on the replica. */
function tools({ primary = {}, west = {}, standby = 'caught up' }: Found = {}): Fakes {
  const state = (region: unknown) => ({
    ...{ reachable: true, inRecovery: region === 'west', readOnly: true, fenced: true, lagMs: null, replayLsn: '0/5000', writers: 0 },
    lastReplayedAt: null,
  });
  const asked = (part: 'tables' | 'indexes' | 'rules') => (where: Record<string, unknown>) =>
    look(where['endpoint'] ? primary : where['region'] === 'west' ? west : { tables: [badPage] })[part];
  return fakes({
    replicationState: ({ region }: Record<string, unknown>) => state(region),
    describeDatabase: { role: 'primary', status: 'available', instance: 'orders-east' },
    describeInstance: { role: 'primary', status: 'available', host: '127.0.0.1', port: 5400 },
    fenceDatabase: { lsn: '0/5000' },
    restoreWindow: { instance: 'orders-east', earliest: '2026-01-01T00:00:00.000Z', latest: '2026-01-01T11:00:00.000Z', status: 'active' },
    ...{ checkTables: asked('tables'), checkIndexes: asked('indexes'), checkRules: asked('rules') },
    standbyState: { state: standby, behind: 0 },
    rowsWithin: badRows(136),
    checksumFailures: { failures: 2, lastAt: '2026-01-01T10:59:00.000Z' },
    customersOutage: { totalMs: 4_000 },
    observeService: { errorRate: 0 },
  });
}

const begin = ['snapshotDatabase east', 'restoreSnapshot east orders-east-evidence', 'installAmcheck east'];
const removed = 'removeInstance east orders-east-evidence';
const stopFirst = { stopFirst: true };
const firstStop = 'Stop the writers of orders in east until it is looked at?';
const laterStop = 'Stop the writers of orders in east until it is restored?';
const workflows = fileURLToPath(new URL('./corruption-successors.ts', import.meta.url));
const ended = ({ state }: RunView) => finalStates.includes(state);

describe('recoverCorruptedDatabase', function () {
  this.timeout(60_000);
  const bench = benchFor(workflows, tools);
  const perform = (found: Found, test: (run: TestRun) => Promise<void>, more: object = {}, request: object = {}) =>
    bench.run('recoverCorruptedDatabase', test, {
      ...{ plan: { ...plan, ...more }, request },
      prepare: (made) => Object.assign(made, { answers: tools(found).answers }),
    });
  /** Changes without the mark of the run in their names. */
  const done = () => bench.tools.done.map((change) => change.replace(/-evidence-\w{8}/, '-evidence'));
  const factsOf = (view: RunView) => Object.fromEntries(view.gates[0]!.facts.map(({ name, value }) => [name, value]));

  it('finds nothing: removes its copy, asks nobody, and no customer has noticed anything', () =>
    perform({}, async (run) => {
      const view = await approveAll(run);
      assert.equal(view.state, 'completed', view.status);
      assert.deepEqual(done(), [...begin, removed]);
      assert.deepEqual(view.gates, []);
      assert.equal((view.measures['decision'] as { way: string }).way, 'nothing');
    }));

  it('stops the writers before anybody looks when it is asked for and approved, and lets them in again when nothing is found', () =>
    perform(
      {},
      async (run) => {
        const view = await approveAll(run);
        assert.equal(view.state, 'completed', view.status);
        const [snapshot, ...looks] = begin;
        assert.deepEqual(done(), [snapshot, 'fenceDatabase east', ...looks, removed, 'unfenceDatabase east', 'proveOrder']);
        assert.deepEqual(
          view.gates.map(({ question }) => question),
          [firstStop],
        );
      },
      stopFirst,
    ));

  it('looks while customers write when people decline to stop them', () =>
    perform(
      {},
      async (run) => {
        const gate = await run.gate();
        await run.command('decline', { ...gate, by: 'ana', comment: 'they go on' });
        assert.equal((await run.seen('the end', ended)).state, 'completed');
        assert.deepEqual(done(), [...begin, removed]);
      },
      stopFirst,
    ));

  it('asks the stronger approval before it lets writers in although something could not be checked', () =>
    perform({ primary: { unchecked: ['places_gist is of the kind gist'] } }, async (run) => {
      const view = await approveAll(run);
      assert.equal(view.gates[0]!.of, 'data-owner');
      assert.equal(factsOf(view)['could not be checked: places_gist is of the kind gist'], null);
      assert.equal(view.state, 'completed', view.status);
    }));

  it('makes just the damaged indexes anew, behind a gate that names the hidden rows, and stops the writers only for that', () =>
    perform({ primary: { indexes: [badIndex()] }, west: {} }, async (run) => {
      const view = await approveAll(run);
      assert.equal(view.state, 'completed', view.status);
      assert.deepEqual(done().slice(begin.length), [
        removed,
        'fenceDatabase east',
        'rebuildIndexes east',
        'unfenceDatabase east',
        'proveOrder',
      ]);
      const facts = factsOf(view);
      assert.deepEqual(
        [facts['what the facts ask for'], facts['replica in west'], facts['sessions that write']],
        ['repair', 'west is whole', 0],
      );
      assert.match(String(facts['index orders_pkey']), /hides 4 rows: order-1, order-2, order-3, …/);
      assert.deepEqual([view.gates[0]!.of, view.gates[0]!.facts[0]!.verdict], ['incident-commander', 'bad']);
    }));

  it('has a whole replica promoted under its own lease when only the primary’s pages are damaged, and names the rows on them', () =>
    perform({ primary: { tables: [badPage], unanswered: [{ rule: 'lines', why: 'invalid page' }] } }, async (run) => {
      const view = await approveAll(run);
      assert.equal(view.state, 'completed', view.status);
      assert.deepEqual(done(), [...begin, removed], 'the promotion stops the writers itself');
      const promoted = view.steps.find(({ kind }) => kind === 'run');
      assert.deepEqual([promoted!.state, promoted!.outcome], ['completed', 'promotion is completed']);
      const facts = factsOf(view);
      assert.match(String(facts['table orders']), /page 4 cannot be read/);
      assert.match(String(facts['rows of orders on those pages']), /^136 rows: order-1/);
    }));

  it('keeps the writers out, and lets them in again when people want to go back, when the promotion was declined', () =>
    perform(
      { primary: { tables: [badPage] } },
      async (run) => {
        const stuck = await approveAll(run, (view) => view.state === 'pausedByFailedStep' || ended(view));
        assert.equal(stuck.state, 'pausedByFailedStep');
        await run.command('undo', { by: 'sam', reason: 'a test' });
        assert.equal((await run.seen('the end', ended)).state, 'compensated');
        assert.equal(done().at(-1), 'unfenceDatabase east');
      },
      { ...stopFirst, promotions: { west: { ...promotion, service: 'declined' } } },
    ));

  it('hands over to a restore with its leases, the narrowed times and the fence, when rows are damaged everywhere', () =>
    perform({ primary: { rules: [badRule()] }, west: { rules: [badRule()] } }, async (run) => {
      const transfers: unknown[] = [];
      bench.tools.answers['transferLeases'] = (asked: unknown) => void transfers.push(asked);
      const view = await approveAll(run);
      assert.equal(view.state, 'handedOver', view.status);
      const successor = `${run.handle.workflowId}-restoreDatabaseToPointInTime`;
      assert.equal(view.successor, successor);
      assert.deepEqual(transfers, [{ environment: 'test', from: run.handle.workflowId, to: successor, title: 'Restore orders in east' }]);
      const next = (await bench.env.client.workflow.getHandle(successor).result()) as Given;
      const found = view.measures['corruption'] as { at: string };
      assert.deepEqual([next['lastGood'], next['badSince'], next['fenced']], ['2026-01-01T10:00:05.000Z', found.at, true]);
      assert.deepEqual([next.run.leases, next.run.parent, next['promotions']], ['inherited', run.handle.workflowId, undefined]);
      assert.deepEqual(done(), [...begin, removed, 'fenceDatabase east'], 'the fence stays');
    }));

  it('hands over without a fence when people let customers write until the restore is ready', () =>
    perform({ primary: { rules: [badRule()] }, west: { rules: [badRule()] } }, async (run) => {
      await approveAll(run, ({ gates }) => gates.length === 2);
      const gate = await run.gate();
      await run.command('decline', { ...gate, by: 'ana', comment: 'they go on' });
      const view = await run.seen('the end', ended);
      assert.deepEqual([view.state, view.gates[1]!.question], ['handedOver', laterStop], view.status);
      const next = (await bench.env.client.workflow.getHandle(view.successor!).result()) as Given;
      assert.equal(next['fenced'], false);
      assert.deepEqual(done(), [...begin, removed]);
    }));

  it('restores as well when the replica is late, so that nobody can tell whether it is whole', () =>
    perform({ primary: { tables: [badPage] }, standby: 'behind' }, async (run) => {
      const view = await approveAll(run);
      assert.equal(view.state, 'handedOver');
      assert.equal(factsOf(view)['replica in west'], 'west is behind');
      assert.equal(factsOf(view)['go back to'], '2026-01-01T11:00:00.000Z');
    }));

  it('does what people prefer with the stronger approval, and shows what the facts ask for', () =>
    perform(
      { primary: { indexes: [badIndex()] } },
      async (run) => {
        const view = await approveAll(run);
        assert.deepEqual([view.state, view.gates[0]!.of, factsOf(view)['what the facts ask for']], ['handedOver', 'data-owner', 'repair']);
      },
      { prefer: 'restore' },
    ));

  it('stops at a wish that cannot be fulfilled, and goes back when told to', () =>
    perform(
      { primary: { tables: [badPage] } },
      async (run) => {
        const stuck = await approveAll(run, (view) => view.state === 'pausedByFailedStep' || ended(view));
        assert.match(stuck.status, /there is no damaged index that could be made anew/);
        await run.command('undo', { by: 'sam', reason: 'a test' });
        assert.equal((await run.seen('the end', ended)).state, 'compensated');
        assert.deepEqual(done().slice(begin.length), [removed]);
      },
      { prefer: 'repair' },
    ));

  it('does not begin while another region takes writes too', () =>
    perform({}, async (run) => {
      const state = bench.tools.answers['replicationState'] as (asked: object) => object;
      bench.tools.answers['replicationState'] = (asked: object) => ({ ...state(asked), readOnly: false });
      const stuck = await approveAll(run, (view) => view.state === 'pausedByFailedStep' || ended(view));
      assert.match(stuck.status, /orders takes writes in west too/);
      assert.deepEqual(bench.tools.done, []);
    }));
});

describe('recoverCorruptedDatabase, with damaged indexes', function () {
  this.timeout(120_000);
  everyWay({ workflow: 'recoverCorruptedDatabase', plan, tools: () => tools({ primary: { indexes: [badIndex()] } }) });
});

describe('recoverCorruptedDatabase, with damaged rows', function () {
  this.timeout(120_000);
  const rules = [badRule()];
  everyWay({
    workflow: 'recoverCorruptedDatabase',
    plan,
    tools: () => tools({ primary: { rules }, west: { rules } }),
    ends: 'handedOver',
    goesOn: [laterStop],
    workflows,
  });
});
