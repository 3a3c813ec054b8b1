import { setTimeout as delay } from 'node:timers/promises';
import { WithStartWorkflowOperation, WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { Environment } from '../config/schema.ts';
import { grpc, innermost, refusalFrom, temporalProblem } from '../runs/problem.ts';
import { deskId, type DeskAnswer, type DeskRequest, type DeskView } from '../workflows/incident/commands.ts';

/** The desk of one environment, as API and command line use it. */
export interface DeskClient {
  /**
   * Puts declarations and alerts on the record, and starts the desk when it is not there. Asks again while Temporal is busy or the desk
   * moves on to a new run: a repeat changes nothing. Throws RunProblem, `NoWorker` when nobody answers within `withinMs`.
   */
  take(request: DeskRequest, withinMs?: number): Promise<DeskAnswer>;
  /** Only records it, for when no worker is there to answer; numbers are allotted by the next worker. Throws RunProblem. */
  takeLater(request: DeskRequest): Promise<void>;
  /** What the desk knows; empty when nothing was ever declared. Throws RunProblem. */
  view(): Promise<DeskView>;
}

type Desk = (...args: unknown[]) => Promise<void>;

const patienceMs = 10_000;
const queryPatienceMs = 4_000;
const againAfterMs = 100;
const aborted = 10;

/** Makes the client of an environment's desk. */
export function createDeskClient({ client, environment }: { client: Client; environment: Environment }): DeskClient {
  const workflowId = deskId(environment.name);
  const desk = { workflowId, taskQueue: environment.orchestrator.taskQueue };

  const ask = (request: DeskRequest & { id: string }): Promise<DeskAnswer> =>
    client.workflow.executeUpdateWithStart<Desk, DeskAnswer, [DeskRequest]>('take', {
      args: [request],
      updateId: request.id,
      startWorkflowOperation: new WithStartWorkflowOperation<Desk>('incidentDesk', {
        ...{ ...desk, workflowIdConflictPolicy: 'USE_EXISTING', args: [environment.name] },
        staticSummary: `The incident desk of ${environment.title}`,
      }),
    });

  return {
    take: async (request, withinMs = patienceMs) => {
      const until = Date.now() + withinMs;
      const identified = { ...request, id: request.id ?? crypto.randomUUID() };
      for (;;) {
        try {
          return await client.withDeadline(until, () => ask(identified));
        } catch (error) {
          const refusal = refusalFrom(error);
          if (refusal) throw refusal;
          if (!passes(error) || Date.now() + againAfterMs > until) throw temporalProblem(error, 'the incident desk');
          await delay(againAfterMs);
        }
      }
    },
    takeLater: async (request) => {
      try {
        await client.withDeadline(Date.now() + patienceMs, () =>
          client.workflow.signalWithStart('incidentDesk', {
            ...{ ...desk, args: [environment.name], signal: 'takeLater' },
            signalArgs: [{ ...request, id: request.id ?? crypto.randomUUID() }],
          }),
        );
      } catch (error) {
        throw temporalProblem(error, 'the incident desk');
      }
    },
    view: async () => {
      try {
        return await client.withDeadline(Date.now() + queryPatienceMs, () => client.workflow.getHandle(workflowId).query<DeskView>('desk'));
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return { open: [], ended: [], alerts: { taken: 0, repeated: 0, episodes: 0 } };
        throw temporalProblem(error, 'the incident desk');
      }
    },
  };
}

/** Busy, or just between two runs of the desk: the same request again is right. */
function passes(error: unknown): boolean {
  if (error instanceof WorkflowNotFoundError) return true;
  const { code, message } = innermost(error);
  return (
    code === grpc.resourceExhausted ||
    code === aborted ||
    code === grpc.notFound ||
    code === grpc.unavailable ||
    /closing|completed/.test(message)
  );
}
