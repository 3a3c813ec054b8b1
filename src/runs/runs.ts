import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { Sign } from '../config/decision-key.ts';
import type { Environment } from '../config/schema.ts';
import { mustBelong } from './own.ts';
import { temporalProblem } from './problem.ts';
import { send, workerPatienceMs } from './send.ts';
import { startRun } from './start.ts';
import type { StartedRun, StartRun } from './started.ts';
import { follow } from './follow.ts';
import { listRuns, type OnlyRuns, type RunSummary } from './list.ts';
import { finalStates, type CommandAnswer, type CommandOf, type RunView, type Verb } from '../workflows/messages.ts';

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

export interface RunsOptions {
  client: Client;
  environment: Environment;
  /** Answers for whoever gives commands; without it each of them is a claim. */
  sign?: Sign | undefined;
}

/** Makes the way to the runs of one environment; whoever names another one's run hears that there is none. */
export function createRuns({ client, environment, sign }: RunsOptions): Runs {
  /** The only way to a run by its id. */
  const own = async <T>(runId: string, use: () => T | Promise<T>): Promise<T> => {
    await mustBelong(client, environment, runId);
    return use();
  };
  const look = async (runId: string): Promise<RunView> => {
    try {
      return await client.withDeadline(Date.now() + workerPatienceMs, () => client.workflow.getHandle(runId).query<RunView>('view'));
    } catch (error) {
      throw temporalProblem(error, runId);
    }
  };
  const address = (runId: string) => ({ workflowId: runId, kind: 'run' as const });
  return {
    start: (request) => startRun({ client, environment }, request),
    view: (runId) => own(runId, () => look(runId)),
    list: (limit = 50, only = {}) => listRuns(client, environment, limit, only),
    command: (runId, verb, command) =>
      own(runId, () => {
        const said = { id: randomUUID(), ...command };
        const proof = sign && { proof: sign({ environment: environment.name, to: runId, what: verb, command: said }) };
        return send<CommandAnswer, typeof said>(
          client,
          { ...address(runId), name: runId, update: verb, signal: verb },
          { ...said, ...proof },
        );
      }),
    async *follow(runId, signal) {
      const followed = { ...address(runId), view: () => look(runId), isLast: ({ state }: RunView) => finalStates.includes(state) };
      yield* await own(runId, () => follow(client, followed, signal));
    },
  };
}
