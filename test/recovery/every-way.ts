import assert from 'node:assert/strict';
import { workflowsPath } from '../../src/config/workflow-code.ts';
import { finalStates, type RunState, type RunView } from '../../src/workflows/messages.ts';
import { eventually } from '../eventually.ts';
import { benchFor, type Bench, type TestRun } from '../kit/harness.ts';
import type { Fakes } from './fakes.ts';

export interface EveryWay {
  /** The workflow's type. */
  workflow: string;
  /** The plan without its request. */
  plan: object;
  /** Tools with which the runbook goes through. */
  tools: () => Fakes;
  /** How a run that is approved at every gate ends. */
  ends?: RunState;
  /** Questions after which the run goes on, whatever the answer is. */
  goesOn?: readonly string[];
  /** Workflow code, when a successor must be a stand-in. */
  workflows?: string;
}

const ended = ({ state }: RunView) => finalStates.includes(state);

/** Ana and Ben approve whatever gates open, until the run ends or a step fails. */
export async function approveAll(run: TestRun, until: (view: RunView) => boolean = ended): Promise<RunView> {
  return eventually(
    'the end of the run',
    async () => {
      const view = await run.view();
      const gate = view.gates.find(({ state }) => state === 'open');
      if (gate && !until(view))
        for (const by of ['ana', 'ben']) await run.command('approve', { gate: gate.id, digest: gate.digest, by }).catch(() => undefined);
      return view;
    },
    until,
    20_000,
  );
}

/** The server that skips time forgets a workflow that cancels an activity in the moment in which it ends: waits until nothing runs. */
export const atRest = (run: TestRun): Promise<RunView> =>
  run.seen('nothing but an open gate', ({ steps }) => steps.every(({ state }) => state !== 'running'));

/** What was undone must be what can be undone, newest first. */
function undoneInOrder({ steps }: RunView): void {
  const reversible = steps.filter(({ reversible: can }) => can).map(({ title }) => `Undo: ${title}`);
  const undone = steps.filter(({ kind }) => kind === 'undo').map(({ title }) => title);
  assert.deepEqual(undone, reversible.reverse());
}

/** Adds the tests that every runbook must pass, whatever it does: each gate declined and unanswered, each change failing, aborted between all steps. */
export function everyWay({ workflow, plan, tools, goesOn = [], ends = 'completed', workflows = workflowsPath }: EveryWay): Bench<Fakes> {
  const bench = benchFor(workflows, tools);
  const go = (test: (run: TestRun) => Promise<void>, prepare?: (made: Fakes) => void) =>
    bench.run(workflow, test, { plan, ...(prepare ? { prepare } : {}) });

  /** Gates and changes of a run that goes through. */
  async function wholeRun(): Promise<{ gates: string[]; changes: number; view: RunView }> {
    let seen: { gates: string[]; changes: number; view: RunView } | undefined;
    await go(async (run) => {
      const view = await approveAll(run);
      seen = { gates: view.gates.map(({ question }) => question), changes: bench.tools.done.length, view };
    });
    return seen!;
  }

  it('goes through when everything works and people approve', async () => {
    const { view } = await wholeRun();
    assert.equal(view.state, ends, view.status);
  });

  it('goes back newest first when any of its gates is declined, and when nobody answers', async () => {
    const { gates } = await wholeRun();
    for (const [index, question] of gates.entries()) {
      for (const how of ['declined', 'expired'] as const) {
        await go(async (run) => {
          const before = await approveAll(run, ({ gates: shown }) => shown.length === index + 1 && shown[index]!.state === 'open').catch(
            () => run.view(),
          );
          const gate = before.gates[index]!;
          assert.equal(gate.question, question);
          await atRest(run);
          if (how === 'declined') await run.command('decline', { gate: gate.id, digest: gate.digest, by: 'ana', comment: 'no' });
          else await bench.env.sleep('2h');
          const view = await run.seen('the end', ended);
          if (view.gates[index]!.state === 'approved') return;
          assert.equal(view.gates[index]!.state, how);
          if (goesOn.includes(question)) return assert.equal(view.state, ends);
          assert.ok(['canceled', 'timedOut'].includes(view.state), `${question} ${how}: ${view.state}`);
          undoneInOrder(view);
        });
      }
    }
  });

  it('pauses at whichever change fails, goes back newest first when it can, and ends well after a retry when it cannot', async () => {
    const { changes } = await wholeRun();
    for (let failing = 1; failing <= changes; failing += 1) {
      await go(
        async (run) => {
          const stuck = await approveAll(run, (view) => view.state === 'pausedByFailedStep' || ended(view));
          assert.equal(stuck.state, 'pausedByFailedStep', `change ${failing} failed and the run went on`);
          bench.tools.failAt = undefined;
          await atRest(run);
          if (stuck.verbs.includes('undo')) {
            await run.command('undo', { by: 'sam', reason: 'a test' });
            const view = await run.seen('the end', ended);
            assert.equal(view.state, 'compensated', view.status);
            undoneInOrder(view);
          } else {
            await run.command('retryStep', { by: 'sam' });
            assert.equal((await approveAll(run)).state, ends);
          }
        },
        (made) => (made.failAt = failing),
      );
    }
  });

  it('can be aborted at every failed change, and leaves everything as it is when asked to', async () => {
    const { changes } = await wholeRun();
    for (const failing of [1, Math.ceil(changes / 2), changes]) {
      await go(
        async (run) => {
          await approveAll(run, (view) => view.state === 'pausedByFailedStep' || ended(view));
          await atRest(run);
          const before = bench.tools.done.length;
          await run.command('abort', { by: 'sam', how: 'leave', reason: 'a test' });
          assert.equal((await run.seen('the end', ended)).state, 'canceled');
          assert.equal(bench.tools.done.length, before);
        },
        (made) => (made.failAt = failing),
      );
    }
  });
  return bench;
}
