import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { RunProblem, temporalProblem } from './problem.ts';
import { finalStates, type RunView } from '../workflows/messages.ts';

/** Events come in bursts; one view for each burst is enough. */
const burstMs = 40;

/** A view at once and after every burst of history, by the server's long poll; costs the run nothing. */
export async function* followRun(
  client: Client,
  runId: string,
  signal: AbortSignal,
  view: (runId: string) => Promise<RunView>,
): AsyncIterable<RunView> {
  let nextPageToken: Uint8Array | undefined;
  for (;;) {
    const seen = await viewOrNothing(view, runId);
    if (signal.aborted) return;
    if (seen) yield seen;
    if (seen && finalStates.includes(seen.state)) return;
    const page = await nextPage(client, runId, signal, nextPageToken);
    if (!page) return;
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
    return await client.withAbortSignal(signal, () => client.workflowService.getWorkflowExecutionHistory(request));
  } catch (error) {
    if (signal.aborted) return undefined;
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
