import assert from 'node:assert/strict';
import { workflowsPath } from '../../src/config/workflow-code.ts';
import { finalStates, type RunState } from '../../src/workflows/messages.ts';
import { benchFor } from '../kit/harness.ts';
import { clusterPlan } from './cluster-fakes.ts';
import { approveAll, everyWay } from './every-way.ts';
import { fakes } from './fakes.ts';

const workflow = 'restoreFromBackup';
const ended = ({ state }: { state: RunState }) => finalStates.includes(state);
const names = { bring: 'orders_restored_1', aside: 'orders_before_1' };
const well = {
  reachable: true,
  inRecovery: false,
  readOnly: false,
  fenced: false,
  lastReplayedAt: null,
  lagMs: null,
  replayLsn: '0/1',
  writers: 0,
};
const { approval, targets, watch } = clusterPlan();
const plan = (action: 'take' | 'restore') => ({
  ...{ service: 'shop', title: 'The shop', database: 'orders', region: 'east', instance: 'orders-east', otherRegions: ['west'] },
  ...{ approval, targets, watch, action, backup: null },
});
const taken = (verifiedAt: string | null) => ({
  ...{ name: 'orders-backup-1', database: 'orders', region: 'east', takenAt: '2026-01-01T00:00:00.000Z', serverVersion: '18.4' },
  ...{ bytes: 4_096, sha256: 'a', rows: { 'public.orders': 10 }, verifiedAt },
});
const tools = (verifiedAt: string | null = '2026-01-01T00:10:00.000Z') =>
  fakes({
    ...{ replicationState: well, findBackup: taken(verifiedAt), takeBackup: { backup: 'orders-backup-2' }, restoreBackup: names },
    backupLoss: {
      ...{ takenAt: '2026-01-01T00:00:00.000Z', ageMs: 3_600_000, writes: 7, listed: [{ id: '1', at: '2026-01-01T00:01:00.000Z' }] },
      tables: [{ table: 'public.orders', inBackup: 10, now: 17 }],
    },
    checkIntegrity: [{ name: 'whole', value: 0, expected: 0, holds: true }],
    observeService: { readings: 4, good: 4, missing: 0, errorRate: 0 },
  });

describe(workflow, function () {
  this.timeout(120_000);
  everyWay({ workflow, plan: plan('restore'), tools: () => tools() });
  const bench = benchFor(workflowsPath, () => tools());

  it('takes a backup and proves it, and asks nobody', async () => {
    await bench.run(
      workflow,
      async (run) => {
        const view = await run.seen('the end', ended);
        assert.deepEqual([view.state, view.gates.length], ['completed', 0]);
        assert.deepEqual(bench.tools.done, ['takeBackup east', 'verifyBackup east']);
        assert.equal(view.measures['backup'], 'orders-backup-2');
      },
      { plan: plan('take') },
    );
  });

  it('keeps the present state, closes it, restores beside it, swaps, and only then lets customers in', async () => {
    await bench.run(
      workflow,
      async (run) => {
        const view = await approveAll(run);
        assert.equal(view.state, 'completed', view.status);
        assert.deepEqual(bench.tools.done, [
          ...['takeBackup east', 'fenceDatabase east', 'restoreBackup east', 'swapDatabases east', 'unfenceDatabase east'],
          'proveOrder east',
        ]);
        const [gate] = view.gates;
        assert.deepEqual([gate!.of, gate!.quorum], ['data-owner', 2]);
        const value = (name: string) => gate!.facts.find((fact) => fact.name === name)?.value;
        assert.deepEqual(
          [value('RPO: age of the backup'), value('acknowledged writes after the backup, which will be gone')],
          [60 * 60_000, 7],
        );
        assert.equal(value('rows of public.orders'), '17 now, 10 in the backup');
        assert.deepEqual([view.measures['kept'], (view.measures['lost'] as { writes: number }).writes], ['orders_before_1', 7]);
      },
      { plan: plan('restore') },
    );
  });

  it('restores nothing that was never restored elsewhere: it proves the backup first', async () => {
    await bench.run(
      workflow,
      async (run) => {
        assert.equal((await approveAll(run)).state, 'completed');
        assert.equal(bench.tools.done[0], 'verifyBackup east');
      },
      { plan: plan('restore'), prepare: (made) => (made.answers['findBackup'] = taken(null)) },
    );
  });

  it('goes back to the old database with all its data until customers write again', async () => {
    await bench.run(
      workflow,
      async (run) => {
        const stuck = await approveAll(run, ({ state }) => state === 'pausedByFailedStep');
        assert.equal(stuck.verbs.includes('undo'), true);
        await run.command('undo', { by: 'sam', reason: 'a test' });
        assert.equal((await run.seen('the end', ended)).state, 'compensated');
        assert.deepEqual(bench.tools.done.slice(-3), ['swapDatabases east', 'dropRestored east', 'unfenceDatabase east']);
      },
      { plan: plan('restore'), prepare: (made) => made.failing.add('checkIntegrity') },
    );
  });

  it('cannot go back once customers may have written', async () => {
    await bench.run(
      workflow,
      async (run) => {
        const stuck = await approveAll(run, ({ state }) => state === 'pausedByFailedStep');
        assert.equal(stuck.verbs.includes('undo'), false);
      },
      { plan: plan('restore'), prepare: (made) => made.failing.add('proveOrder') },
    );
  });

  it('refuses a standby and a server that does not answer, and changes nothing', async () => {
    for (const [state, reason] of [
      [{ ...well, inRecovery: true }, /is a standby/],
      [{ ...well, reachable: false, inRecovery: null }, /does not answer/],
    ] as const) {
      await bench.run(
        workflow,
        async (run) => {
          const stuck = await run.seen('the refusal', (view) => view.state === 'pausedByFailedStep');
          assert.match(stuck.status, reason);
          assert.deepEqual(bench.tools.done, []);
        },
        { plan: plan('restore'), prepare: (made) => (made.answers['replicationState'] = state) },
      );
    }
  });
});
