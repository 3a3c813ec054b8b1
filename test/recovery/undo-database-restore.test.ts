import assert from 'node:assert/strict';
import type { UndoRestore } from '../../src/workflows/plans/restore-plan.ts';
import type { TestRun } from '../kit/harness.ts';
import { approveAll, everyWay } from './every-way.ts';
import { databasePlan, fakeDatabases, good, plainly } from './fake-restores.ts';

const aside = 'orders-east-aside-1f2e3d4c';
const plan: Omit<UndoRestore, 'run'> = { ...databasePlan, aside };
const tools = () => {
  const made = fakeDatabases();
  made.instances.set(aside, good);
  return made;
};

describe('undoDatabaseRestore', function () {
  this.timeout(120_000);
  const bench = everyWay({ workflow: 'undoDatabaseRestore', plan, tools });
  const run = (test: (run: TestRun) => Promise<void>, prepare?: (made: ReturnType<typeof tools>) => void) =>
    bench.run('undoDatabaseRestore', test, { plan, ...(prepare ? { prepare: prepare as never } : {}) });

  it('closes the restored one, changes the names back and opens the old one last; the restored one is kept', () =>
    run(async (made) => {
      const view = await approveAll(made);
      assert.equal(view.state, 'completed', view.status);
      assert.deepEqual(plainly(bench.tools.done), [
        'fenceDatabase east',
        ...['renameDatabase east orders-east-undone-#', 'renameDatabase east orders-east'],
        ...['unfenceDatabase east', 'proveOrder', 'protectDatabase east', 'setAsideDatabase west', 'createReplica west'],
      ]);
      assert.match((view.measures['restoredDatabase'] as { instance: string }).instance, /^orders-east-undone-/);
    }));

  it('says what only the restored one has, and asks for the stronger approval then', () =>
    run(
      async (made) => {
        await made.gate();
        const [gate] = (await made.view()).gates;
        assert.deepEqual([gate!.of, gate!.facts[0]!.name, gate!.facts[0]!.value], ['data-owner', 'writes that would be lost', 12]);
      },
      ({ state }) => (state.writes = 12),
    ));

  it('refuses an instance that is not there, or that takes writes, before any change', async () => {
    const wrong: [(made: ReturnType<typeof tools>) => void, RegExp][] = [
      [({ instances }) => instances.clear(), /orders-east-aside-1f2e3d4c in east: needed an available primary, have absent/],
      [({ state }) => (state.fenced = false), /needed a database that is closed to writers, have one that takes them/],
    ];
    for (const [prepare, sentence] of wrong)
      await run(
        async (made) => {
          assert.match((await made.seen('a paused run', ({ state }) => state === 'pausedByFailedStep')).status, sentence);
          assert.deepEqual(bench.tools.done, []);
        },
        (made) => void prepare(made),
      );
  });
});
