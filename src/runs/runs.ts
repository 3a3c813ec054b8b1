import type { Client } from '@temporalio/client';
import type { Environment } from '../config/schema.ts';
import { temporalProblem } from './problem.ts';
import { send, workerPatienceMs } from './send.ts';
import { startRun } from './start.ts';
import type { StartedRun, StartRun } from './started.ts';
import { follow } from './follow.ts';
import { listRuns, type OnlyRuns, type RunSummary } from './list.ts';
import {
  finalStates,
  type CommandAnswer,
  type CommandOf,
  type Mode,
  type RunState,
  type RunView,
  type Verb,
} from '../workflows/messages.ts';

export { RunProblem } from './problem.ts';
export type { OnlyRuns, RunSummary } from './list.ts';
export type { StartedRun, StartRun } from './started.ts';

/** Everything that API and command line do with runs. Refusals and faults are thrown as RunProblem. */
export interface Runs {
  start(request: StartRun): Promise<StartedRun>;
  view(runId: string): Promise<RunView>;
  /** The newest; of one runbook only, or only those that have not ended, when told so. */
  list(limit?: number, only?: OnlyRuns): Promise<RunSummary[]>;
  /** `applied: false` means that the command is recorded in the run's history and will be answered by the next worker. */
  command<V extends Verb>(runId: string, verb: V, command: CommandOf[V]): Promise<{ applied: boolean; answer?: CommandAnswer }>;
  /** A view at once and after every change, until the run ends or the signal aborts. */
  follow(runId: string, signal: AbortSignal): AsyncIterable<RunView>;
}

export function createRuns({ client, environment }: { client: Client; environment: Environment }): Runs {
  const view = async (runId: string): Promise<RunView> => {
    try {
      return await client.withDeadline(Date.now() + workerPatienceMs, () => client.workflow.getHandle(runId).query<RunView>('view'));
    } catch (error) {
      throw temporalProblem(error, runId);
    }
  };
  return {
    start: (request) => startRun({ client, environment }, request),
    view,
    list: (limit = 50, only = {}) => listRuns(client, environment, limit, only),
    command: (runId, verb, command) =>
      send<CommandAnswer, typeof command>(client, { workflowId: runId, kind: 'run', name: runId, update: verb, signal: verb }, command),
    follow: (runId, signal) =>
      follow(
        client,
        { workflowId: runId, kind: 'run', view: () => view(runId), isLast: ({ state }) => finalStates.includes(state) },
        signal,
      ),
  };
}
