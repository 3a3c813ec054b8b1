import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import type { Environment } from '../config/schema.ts';
import { temporalProblem } from './problem.ts';
import { send, workerPatienceMs } from './send.ts';
import { startRun } from './start.ts';
import type { StartedRun, StartRun } from './started.ts';
import { follow } from './follow.ts';
import { catalogue } from '../catalogue.ts';
import { modeOf, searchAttributes } from '../workflows/search-attributes.ts';
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
export type { StartedRun, StartRun } from './started.ts';

export interface RunSummary {
  runId: string;
  runbook: string;
  environment: string;
  mode: Mode;
  state: string;
  startedAt: string;
  endedAt?: string;
  title?: string;
}

export interface OnlyRuns {
  runbook?: string;
  open?: boolean;
}

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

async function listRuns(client: Client, environment: Environment, limit: number, { runbook, open }: OnlyRuns): Promise<RunSummary[]> {
  const wanted = catalogue.filter(({ name }) => runbook === undefined || name === runbook);
  const types = [...new Set(wanted.map(({ workflow }) => `'${workflow}'`))].join(', ');
  const query = `WorkflowType IN (${types})${open ? ` AND ExecutionStatus = 'Running'` : ''}`;
  const found: RunSummary[] = [];
  try {
    await client.withDeadline(Date.now() + workerPatienceMs, async () => {
      for await (const info of client.workflow.list({ query, pageSize: limit })) {
        found.push(summaryOf(info, environment));
        if (found.length >= limit) return;
      }
    });
  } catch (error) {
    throw temporalProblem(error, 'the list of runs');
  }
  return found;
}

function summaryOf(info: WorkflowExecutionInfo, environment: Environment): RunSummary {
  const memo = info.memo ?? {};
  const state =
    info.typedSearchAttributes.get(searchAttributes.state) ??
    (info.status.name === 'RUNNING' ? 'inProgress' : info.status.name.toLowerCase());
  const ended = finalStates.includes(state as RunState) ? info.closeTime?.toISOString() : undefined;
  return {
    runId: info.workflowId,
    runbook: catalogue.find(({ workflow }) => workflow === info.type)?.name ?? info.type,
    environment: environment.name,
    mode: modeOf(memo['mode']),
    state,
    startedAt: info.startTime.toISOString(),
    ...(ended === undefined ? {} : { endedAt: ended }),
    ...(typeof memo['title'] === 'string' ? { title: memo['title'] } : {}),
  };
}
