import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { grpc, innermost, RunProblem, temporalProblem } from './problem.ts';

/** Events come in bursts; one view for each burst is enough. */
const burstMs = 40;

/** A long poll that was forgotten by the server must not freeze what people watch. */
const pollMs = 3_000;

/** What is followed, and how it is seen. */
export interface Followed<V> {
  workflowId: string;
  kind: 'run' | 'incident';
  view: () => Promise<V>;
  /** No more will come after this view. */
  isLast: (view: V) => boolean;
}

/** A view at once and after every burst of history, by the server's long poll; costs the workflow nothing. */
export async function* follow<V>(client: Client, followed: Followed<V>, signal: AbortSignal): AsyncIterable<V> {
  const { workflowId, isLast } = followed;
  let nextPageToken: Uint8Array | undefined;
  let shown = '';
  for (let closed = false; ;) {
    const seen = await viewOrNothing(followed);
    if (signal.aborted) return;
    const text = JSON.stringify(seen);
    if (seen && text !== shown) yield seen;
    shown = text;
    if (seen && isLast(seen)) return;
    if (closed && !(await goesOn(client, workflowId))) return;
    const page = await nextPage(client, followed, signal, nextPageToken);
    if (!page) return;
    if (page === 'nothing new') continue;
    // Without a token there is no more history to come, unless it goes on in a new one; one last look shows how it ended.
    closed = !page.nextPageToken?.length;
    nextPageToken = closed ? undefined : (page.nextPageToken ?? undefined);
    if (!closed) await delay(burstMs);
  }
}

/** A workflow whose history ended may go on under the same id with a new one. */
async function goesOn(client: Client, workflowId: string): Promise<boolean> {
  return (await client.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';
}

async function nextPage(
  client: Client,
  { workflowId, kind }: Pick<Followed<unknown>, 'workflowId' | 'kind'>,
  signal: AbortSignal,
  nextPageToken: Uint8Array | undefined,
) {
  const request = {
    namespace: client.options.namespace,
    execution: { workflowId },
    waitNewEvent: true,
    ...(nextPageToken ? { nextPageToken } : {}),
  };
  try {
    return await client.withDeadline(Date.now() + pollMs, () =>
      client.withAbortSignal(signal, () => client.workflowService.getWorkflowExecutionHistory(request)),
    );
  } catch (error) {
    if (signal.aborted) return undefined;
    if (innermost(error).code === grpc.deadlineExceeded) return 'nothing new';
    throw temporalProblem(error, workflowId, kind);
  }
}

/** While no worker is there it cannot be seen, but it can still be followed. */
async function viewOrNothing<V>({ view }: Followed<V>): Promise<V | undefined> {
  try {
    return await view();
  } catch (error) {
    if (error instanceof RunProblem && error.code === 'NoWorker') return undefined;
    throw error;
  }
}
