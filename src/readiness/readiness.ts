import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { openTokens, stateOf } from '../config/access/tokens.ts';
import type { Environment } from '../config/schema.ts';
import { temporalProblem } from '../runs/problem.ts';
import { announceSignal, evaluateSignal, readinessId, readinessQuery } from '../workflows/readiness/commands.ts';
import type { ReadinessView } from '../workflows/readiness/view.ts';
import { watchListOf } from './watch-list.ts';

/** Everything that API and command line do with readiness. Faults are thrown as RunProblem. */
export interface Readiness {
  /** What the last look saw; evaluation 0 when none was ever asked for. */
  view(): Promise<ReadinessView>;
  /** Has all plans looked at now; answers at once, the view's `evaluation` rises when it is done. */
  evaluate(by: string): Promise<void>;
  /** Tells what shall be looked at: a look is taken when it differs from what is known. */
  announce(): Promise<void>;
}

const patienceMs = 4_000;
const startMs = 10_000;

/** Makes the way to an environment's readiness. */
export function createReadiness({ client, environment }: { client: Client; environment: Environment }): Readiness {
  const workflowId = readinessId(environment.name);
  const list = watchListOf(environment, tokenHolders(environment.name));
  const signal = async (name: string, said: unknown): Promise<void> => {
    try {
      await client.withDeadline(Date.now() + startMs, () =>
        client.workflow.signalWithStart('readiness', {
          ...{ workflowId, taskQueue: environment.orchestrator.taskQueue, args: [list], signal: name, signalArgs: [said] },
          staticSummary: `Readiness of ${environment.title}`,
        }),
      );
    } catch (error) {
      throw temporalProblem(error, 'readiness');
    }
  };
  return {
    view: async () => {
      try {
        const handle = client.workflow.getHandle(workflowId);
        return await client.withDeadline(Date.now() + patienceMs, () => handle.query(readinessQuery));
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return nothingSeen(environment.name);
        throw temporalProblem(error, 'readiness');
      }
    },
    evaluate: (by) => signal(evaluateSignal.name, { because: `${by} asked for it` }),
    announce: () => signal(announceSignal.name, list),
  };
}

/** Who may decide with a token of the store; nobody when it cannot be read. */
function tokenHolders(environment: string): Set<string> {
  try {
    const tokens = openTokens(environment).list();
    return new Set(tokens.filter((one) => one.scope === 'decide' && stateOf(one) === 'valid').map(({ subject }) => subject));
  } catch {
    return new Set();
  }
}

const nothingSeen = (environment: string): ReadinessView => ({
  ...{ version: 1, environment, evaluation: 0, looking: false, at: null, because: 'nobody has asked for it yet', nextAt: null },
  ...{ plans: [], alerts: [] },
});
