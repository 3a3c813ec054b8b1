import assert from 'node:assert/strict';
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { loadEnvironment } from '../../src/config/environment.ts';
import { createRuns, type OnlyRuns, type RunSummary } from '../../src/runs/runs.ts';
import type { RunState } from '../../src/workflows/messages.ts';

const stateKey = defineSearchAttributeKey('MusterState', 'KEYWORD');
type Said = Pick<WorkflowExecutionInfo, 'status' | 'typedSearchAttributes'>;
const record = (state: RunState | undefined, status: 'RUNNING' | 'COMPLETED' = 'RUNNING'): Said => ({
  status: { code: status === 'RUNNING' ? 1 : 2, name: status },
  typedSearchAttributes: new TypedSearchAttributes(state === undefined ? [] : [{ key: stateKey, value: state }]),
});

interface Run {
  /** What Temporal's list says of it. */
  listed: Said;
  /** What its own record says; an error when nobody answers. */
  own: Said | Error;
  /** What its worker says. */
  asked?: RunState;
}

/** A server whose list is behind, which no real one can be told to be. */
function behind(runs: { [runId: string]: Run }, counts = { describes: 0 }): Client {
  const infoOf = (workflowId: string, said: Said): object => ({
    ...{ workflowId, runId: `${workflowId}/1`, type: 'failOverRegion', startTime: new Date('2026-11-21T03:00:00Z'), memo: {} },
    taskQueue: 'muster-range',
    ...said,
  });
  return {
    options: { namespace: 'default' },
    connection: { operatorService: { listSearchAttributes: async () => ({ customAttributes: {} }) } },
    withDeadline: (_: number, work: () => Promise<unknown>) => work(),
    workflow: {
      async *list() {
        for (const [runId, { listed }] of Object.entries(runs)) yield infoOf(runId, listed);
      },
      getHandle: (runId: string) => ({
        describe: async () => {
          counts.describes += 1;
          const { own } = runs[runId]!;
          if (own instanceof Error) throw own;
          return infoOf(runId, own);
        },
        query: async () => ({ state: runs[runId]!.asked }),
      }),
    },
  } as unknown as Client;
}

describe('the list of runs', () => {
  const list = async (client: Client, only?: OnlyRuns): Promise<RunSummary[]> =>
    createRuns({ client, environment: await loadEnvironment('environments/range.yaml') }).list(50, only);
  const waits = record('pendingApproval');

  it("says where an open run stands by the run itself, also when Temporal's list is behind", async () => {
    const [run] = await list(behind({ one: { listed: record('inProgress'), own: waits } }));
    assert.deepEqual([run!.state, run!.unconfirmed], ['pendingApproval', undefined]);
  });

  it('shows a run as ended that the list still takes for open, and leaves it out where only open ones are wanted', async () => {
    const client = behind({ one: { listed: waits, own: record('completed', 'COMPLETED') } });
    assert.equal((await list(client))[0]!.state, 'completed');
    assert.deepEqual(await list(client, { open: true }), []);
  });

  it('asks the worker where the namespace keeps no states', async () => {
    const unknown = record(undefined);
    const [run] = await list(behind({ one: { listed: unknown, own: unknown, asked: 'pausedByFailedStep' } }));
    assert.equal(run!.state, 'pausedByFailedStep');
  });

  it('marks the state of a run that does not answer, and asks nobody about one that has ended', async () => {
    const counts = { describes: 0 };
    const done = record('completed', 'COMPLETED');
    const runs = await list(behind({ silent: { listed: waits, own: new Error('late') }, done: { listed: done, own: done } }, counts));
    assert.deepEqual(
      runs.map(({ runId, state, unconfirmed }) => [runId, state, unconfirmed]),
      [
        ['silent', 'pendingApproval', true],
        ['done', 'completed', undefined],
      ],
    );
    assert.equal(counts.describes, 1);
  });

  it('keeps the order of the list, however many there are', async () => {
    const names = Array.from({ length: 45 }, (_, index) => `run-${index}`);
    const runs = await list(behind(Object.fromEntries(names.map((name) => [name, { listed: waits, own: waits }]))));
    assert.deepEqual(
      runs.map(({ runId }) => runId),
      names,
    );
  });
});
