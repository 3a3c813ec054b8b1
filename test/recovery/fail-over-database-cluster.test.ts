import assert from 'node:assert/strict';
import { workflowsPath } from '../../src/config/workflow-code.ts';
import { finalStates } from '../../src/workflows/messages.ts';
import { benchFor } from '../kit/harness.ts';
import { clusterFakes, clusterPlan, eastIsLost, ledger, member, part } from './cluster-fakes.ts';
import { approveAll, everyWay } from './every-way.ts';

const workflow = 'failOverDatabaseCluster';
const ended = ({ state }: { state: (typeof finalStates)[number] }) => finalStates.includes(state);

describe(workflow, function () {
  this.timeout(120_000);
  everyWay({ workflow, plan: clusterPlan({ service: 'shop' }), tools: () => clusterFakes() });
  const bench = benchFor(workflowsPath, () => clusterFakes());
  const go = (more: Parameters<typeof clusterPlan>[0], test: Parameters<typeof bench.run>[1], topology = ledger) =>
    bench.run(workflow, test, { plan: clusterPlan(more), prepare: (made) => Object.assign(made.answers, { describeCluster: topology }) });

  it('fails over inside the cluster, proves the writer and measures how long nobody could write', async () => {
    await go({}, async (run) => {
      const view = await approveAll(run);
      assert.deepEqual([view.state, bench.tools.done], ['completed', ['failOverCluster east ledger-east-2']]);
      assert.equal((view.measures['writeOutage'] as { totalMs: number }).totalMs, 1_200);
      assert.equal((view.measures['formerWriter'] as { instance: string }).instance, 'ledger-east-1');
      assert.ok(view.steps.some(({ outcome }) => outcome === 'ledger-east-2 took a write'));
    });
  });

  it('goes back to the old writer when it is undone', async () => {
    await go({}, async (run) => {
      bench.tools.failing.add('proveClusterWriter');
      await approveAll(run, ({ state }) => state === 'pausedByFailedStep');
      await run.command('undo', { by: 'sam', reason: 'a test' });
      assert.equal((await run.seen('the end', ended)).state, 'compensated');
      assert.deepEqual(bench.tools.done, ['failOverCluster east ledger-east-2', 'failOverCluster east ledger-east-1']);
    });
  });

  it('switches over to the other region while both are well, and back when it is undone', async () => {
    await go({ to: { region: 'west' }, planned: true }, async (run) => {
      bench.tools.failing.add('proveClusterWriter');
      const stuck = await approveAll(run, ({ state }) => state === 'pausedByFailedStep');
      assert.equal(stuck.gates[0]!.of, 'incident-commander');
      await run.command('undo', { by: 'sam', reason: 'a test' });
      await run.seen('the end', ended);
      assert.deepEqual(bench.tools.done, ['switchOverGlobal west', 'switchOverGlobal east']);
    });
  });

  it('asks the data owners before it loses data, shows what they consent to, and cannot go back', async () => {
    const lossy = async (run: Parameters<Parameters<typeof bench.run>[1]>[0]) => {
      bench.tools.failing.add('proveClusterWriter');
      const stuck = await approveAll(run, ({ state }) => state === 'pausedByFailedStep');
      const [gate] = stuck.gates;
      assert.deepEqual([gate!.of, gate!.cannotBeUndone], ['data-owner', 'Writes that only the lost region has are gone']);
      const value = (name: string) => gate!.facts.find((fact) => fact.name === name)?.value;
      assert.equal(value('consent to data loss, given by approving'), true);
      assert.equal(value('RPO: lag of the target when it was last read'), 400);
      assert.equal(value('last transaction on the target'), '2026-01-01T00:00:00.000Z');
      assert.equal(stuck.verbs.includes('undo'), false);
      assert.deepEqual(bench.tools.done, ['failOverGlobal west']);
    };
    await go({ to: { region: 'west' }, acceptDataLoss: true }, lossy, eastIsLost);
  });

  it('asks nobody and calls nothing when the target is the writer already', async () => {
    await go({ to: { member: 'ledger-east-1' } }, async (run) => {
      const view = await run.seen('the end', ended);
      assert.deepEqual([view.state, view.gates.length, bench.tools.done], ['completed', 0, []]);
      assert.match(String(view.measures['call']), /the writer already/);
    });
  });

  it('refuses what no call can do, and stays able to look again', async () => {
    await go({ to: { member: 'orders-west' } }, async (run) => {
      const stuck = await run.seen('the refusal', ({ state }) => state === 'pausedByFailedStep');
      assert.match(stuck.status, /use promote-read-replica/);
      assert.equal(stuck.verbs.includes('skipStep'), false);
      assert.deepEqual(bench.tools.done, []);
    });
  });

  it('opens its gate anew with the stronger approval when the home is lost while people read', async () => {
    await go({ to: { region: 'west' }, acceptDataLoss: true }, async (run) => {
      const first = await run.gate();
      bench.tools.answers['describeCluster'] = eastIsLost;
      await assert.rejects(run.command('approve', { ...first, by: 'ana' }));
      const view = await approveAll(run);
      assert.deepEqual([view.gates[0]!.round, view.gates[0]!.of, view.state], [2, 'data-owner', 'completed']);
      assert.deepEqual(bench.tools.done, ['failOverGlobal west']);
    });
  });

  it('never makes another call than the one that was approved', async () => {
    let looks = 0;
    const changesAtTheEnd = () => {
      looks += 1;
      // One look to pick, one at the gate's opening, one for each approval; then the writer is somewhere else.
      if (looks <= 4) return ledger();
      return ledger({ regions: [part('east', [member('ledger-east-1', false), member('ledger-east-2', true)]), ledger().regions[1]!] });
    };
    await go(
      {},
      async (run) => {
        const stuck = await approveAll(run, (view) => view.state === 'pausedByFailedStep' || ended(view));
        assert.match(stuck.status, /people approved rds:FailoverDBCluster.*now it would be nothing/);
        assert.deepEqual(bench.tools.done, []);
      },
      changesAtTheEnd,
    );
  });

  it('predicts one call with its target in a dry run', async () => {
    await bench.run(
      workflow,
      async (run) => {
        const view = await run.seen('the end', ended);
        assert.deepEqual([view.state, view.gates[0]!.state], ['completed', 'simulated']);
      },
      {
        plan: clusterPlan(),
        request: { mode: 'simulate' },
        prepare: (made) =>
          Object.assign(made.answers, {
            tryClusterWrite: undefined,
            measureWriteOutage: undefined,
            proveClusterWriter: undefined,
            proveFormerWriter: undefined,
          }),
      },
    );
  });
});
