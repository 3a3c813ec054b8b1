import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { RunProblem, temporalProblem } from './problem.ts';
import { finalStates, type RunView } from '../workflows/messages.ts';

const deadlineExceeded = 4;

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
  for (;;) {
    const seen = await viewOrNothing(view, runId);
    if (signal.aborted) return;
    const text = JSON.stringify(seen);
    if (seen && text !== shown) yield seen;
    shown = text;
    if (seen && finalStates.includes(seen.state)) return;
    const page = await nextPage(client, runId, signal, nextPageToken);
    if (!page) return;
    if (page === 'nothing new') continue;
    nextPageToken = page.nextPageToken?.length ? page.nextPageToken : undefined;
    if (nextPageToken === undefined) {
      const last = await viewOrNothing(view, runId);
      if (last) yield last;
      return;
    }
    await delay(burstMs);
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
    if ((error as { code?: number }).code === deadlineExceeded) return 'nothing new';
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
