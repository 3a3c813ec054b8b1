import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { grpc, innermost, refusalFrom, RunProblem, temporalProblem } from './problem.ts';

/** How long a worker may take to accept a command or to answer a query before we say that none is there, ms. */
export const workerPatienceMs = 4_000;
/** How long an accepted command may take, ms: an approval reads all facts again, some of them from a region that is gone. */
const answerPatienceMs = 20_000;

/** Who is told, and by which update; the signal takes the same payload when nobody answers. */
export interface Addressee {
  workflowId: string;
  kind: 'run' | 'incident';
  /** As people know it. */
  name: string;
  update: string;
  signal: string;
}

/** What became of a command; `applied: false` means that it is in the history and will be carried out by the next worker. */
export interface Sent<A> {
  applied: boolean;
  answer?: A;
}

/** Tells a workflow something and waits for its answer; without a worker it is only recorded. Throws refusals and faults as RunProblem. */
export async function send<A, C extends { id?: string }>(client: Client, to: Addressee, command: C): Promise<Sent<A>> {
  const { workflowId, kind, name } = to;
  const handle = client.workflow.getHandle(workflowId);
  const identified = { id: crypto.randomUUID(), ...command };
  try {
    const update = await client.withDeadline(Date.now() + workerPatienceMs, () =>
      handle.startUpdate<A, [C]>(to.update, { args: [identified], updateId: identified.id, waitForStage: 'ACCEPTED' }),
    );
    return { applied: true, answer: await client.withDeadline(Date.now() + answerPatienceMs, () => update.result()) };
  } catch (error) {
    const problem = refusalFrom(error);
    if (problem) throw problem;
    if (error instanceof WorkflowNotFoundError) throw await endedOrUnknown(client, to);
    if (!isLate(error)) throw temporalProblem(error, name, kind);
  }
  try {
    // A signal is kept by the server whether or not a worker is there; the workflow sees by the id if both arrive.
    await handle.signal(to.signal, identified);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw await endedOrUnknown(client, to);
    throw temporalProblem(error, name, kind);
  }
  return { applied: false };
}

function isLate(error: unknown): boolean {
  const { code } = innermost(error);
  return code === grpc.deadlineExceeded || code === grpc.cancelled || (error as Error).name === 'WorkflowUpdateRPCTimeoutOrCancelledError';
}

async function endedOrUnknown(client: Client, { workflowId, name, kind }: Addressee): Promise<RunProblem> {
  try {
    await client.workflow.getHandle(workflowId).describe();
    return new RunProblem(410, 'NotNow', `the ${kind} ${name} has ended`);
  } catch (error) {
    return temporalProblem(error, name, kind);
  }
}
