import { readFile } from 'node:fs/promises';
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';

/** What one run has done so far, as Temporal keeps it. */
export interface PastRun {
  workflowId: string;
  history: ReturnType<typeof historyFromJSON>;
  /** It goes on with today's code; null when nobody can tell, e.g. from a file. */
  open: boolean | null;
}

export interface WhichRuns {
  taskQueue: string;
  /** How many of those that have ended, the newest first. */
  closed: number;
  /** None that ended earlier. */
  since: Date;
}

/** Everything that is open on a task queue, then the newest that have ended there. */
export async function* pastRuns(client: Client, { taskQueue, closed, since }: WhichRuns): AsyncGenerator<PastRun> {
  const here = `TaskQueue = '${taskQueue.replaceAll("'", "\\'")}'`;
  for await (const info of client.workflow.list({ query: `${here} AND ExecutionStatus = 'Running'` })) yield fetched(client, info, true);
  let left = closed;
  const ended = `${here} AND ExecutionStatus != 'Running' AND CloseTime >= '${since.toISOString()}'`;
  if (left <= 0) return;
  for await (const info of client.workflow.list({ query: ended, pageSize: Math.min(left, 100) })) {
    yield fetched(client, info, false);
    if (--left === 0) return;
  }
}

/** Histories from files, as the archive and `temporal workflow show --output json` write them. Throws a sentence with the file's name. */
export async function pastRunsIn(files: readonly string[]): Promise<PastRun[]> {
  const read = async (file: string): Promise<PastRun> => {
    const history = await readFile(file, 'utf8')
      .then((text) => historyFromJSON(JSON.parse(text)))
      .catch((cause: Error) => {
        throw new Error(`${file} is no history: ${cause.message}`, { cause });
      });
    const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
    if (!started) throw new Error(`${file} is no history: it does not begin with the start of a run`);
    return { workflowId: started.workflowId ?? file, history, open: null };
  };
  return Promise.all(files.map(read));
}

async function fetched(client: Client, { workflowId, runId }: WorkflowExecutionInfo, open: boolean): Promise<PastRun> {
  return { workflowId, open, history: await client.workflow.getHandle(workflowId, runId).fetchHistory() };
}
