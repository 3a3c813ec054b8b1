import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { grpc, innermost, RunProblem, temporalProblem } from './problem.ts';
import { finalStates, type RunView } from '../workflows/messages.ts';

/** Events come in bursts; one view for each burst is enough. */
const burstMs = 40;

/** A long poll that was forgotten by the server must not freeze what people watch. */
const pollMs = 3_000;

/** A view at once and after every burst of history, by the server's long poll; costs the run nothing. */
export async function* followRun(
  client: Client,
  runId: string,
  signal: AbortSignal,
  view: (runId: string) => Promise<RunView>,
): AsyncIterable<RunView> {
  let nextPageToken: Uint8Array | undefined;
  let shown = '';
  for (let closed = false; ;) {
    const seen = await viewOrNothing(view, runId);
    if (signal.aborted) return;
    const text = JSON.stringify(seen);
    if (seen && text !== shown) yield seen;
    shown = text;
    if (closed || (seen && finalStates.includes(seen.state))) return;
    const page = await nextPage(client, runId, signal, nextPageToken);
    if (!page) return;
    if (page === 'nothing new') continue;
    // Without a token there is no more history to come; one last look shows how it ended.
    closed = !page.nextPageToken?.length;
    nextPageToken = page.nextPageToken ?? undefined;
    if (!closed) await delay(burstMs);
  }
}

async function nextPage(client: Client, workflowId: string, signal: AbortSignal, nextPageToken: Uint8Array | undefined) {
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
    throw temporalProblem(error, workflowId);
  }
}

/** While no worker is there the run cannot be seen, but it can still be followed. */
async function viewOrNothing(view: (runId: string) => Promise<RunView>, runId: string): Promise<RunView | undefined> {
  try {
    return await view(runId);
  } catch (error) {
    if (error instanceof RunProblem && error.code === 'NoWorker') return undefined;
    throw error;
  }
}
