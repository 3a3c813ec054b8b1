import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { catalogue } from '../../src/catalogue.ts';
import { finalStates, type RunView } from '../../src/workflows/messages.ts';

const closesWithinMs = 20_000;

/** Keeps the histories of ended runs as fixtures for the replay test, one for each way that a run ended; names of hosts and folders are left out. */
export async function recordHistories(client: Client, folder: string): Promise<void> {
  for (const { name, workflow } of catalogue) {
    for await (const { workflowId } of client.workflow.list({ query: `WorkflowType = '${workflow}'` })) {
      const handle = client.workflow.getHandle(workflowId);
      const { state, mode } = await handle.query<RunView>('view');
      if (!finalStates.includes(state) || !(await closes(client, handle))) continue;
      const kind =
        mode === 'simulate'
          ? '-simulated'
          : state === 'completed'
            ? ''
            : `-${state.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
      await keep(handle, join(folder, `${name}${kind}.json`));
    }
  }
  // Incidents, their desk and readiness live on when a test has ended.
  for (const [workflow, name] of Object.entries({ incident: 'incident', incidentDesk: 'incident-desk', readiness: 'readiness' })) {
    // The newest come first, so that of a chain of runs the first one is kept.
    for await (const { workflowId, runId } of client.workflow.list({ query: `WorkflowType = '${workflow}'` })) {
      await keep(client.workflow.getHandle(workflowId, runId), join(folder, `${name}.json`));
    }
  }
}

/** A run that says that it has ended still tells people and writes its record; the last one of a file is always caught at that. */
async function closes(client: Client, handle: WorkflowHandle): Promise<boolean> {
  await client.withDeadline(Date.now() + closesWithinMs, () => handle.result()).catch(() => undefined);
  return (await handle.describe()).status.name !== 'RUNNING';
}

async function keep(handle: WorkflowHandle, file: string): Promise<void> {
  const text = historyToJSON(await handle.fetchHistory())
    // Where the code lay is nobody's business, and no replay reads it.
    .replace(/"stackTrace": ?"(?:[^"\\]|\\.)*"/g, '"stackTrace": ""')
    .replace(/"identity": ?"[^"]*"/g, '"identity": "recorded"');
  writeFileSync(file, `${JSON.stringify(JSON.parse(withoutPlaces(text)))}\n`);
}

/** A history without the names of machines and of their folders, also inside of what was said to activities and by them. */
export function withoutPlaces(history: string): string {
  const without = (text: string): string =>
    text
      // The queue of one worker, by its process and host.
      .replace(/(?<=")\d+@[\w.-]+/g, 'recorded')
      .replaceAll(`${process.cwd()}/`, '')
      .replace(/\/tmp\/muster-[\w-]+/g, '/tmp/muster');
  return without(history).replace(/"data": ?"([^"]+)"/g, (all, data: string) => {
    const said = Buffer.from(data, 'base64').toString();
    const kept = without(said);
    return kept === said ? all : `"data":"${Buffer.from(kept).toString('base64')}"`;
  });
}
