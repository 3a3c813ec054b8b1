import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { catalogue } from '../../src/catalogue.ts';
import type { RunView } from '../../src/workflows/messages.ts';

/** Keeps the histories of ended runs as fixtures for the replay test, one for each way that a run ended; names of hosts and folders are left out. */
export async function recordHistories(client: Client, folder: string): Promise<void> {
  for (const { name, workflow } of catalogue) {
    for await (const { workflowId, status } of client.workflow.list({ query: `WorkflowType = '${workflow}'` })) {
      if (status.name === 'RUNNING') continue;
      const handle = client.workflow.getHandle(workflowId);
      const { state, mode } = await handle.query<RunView>('view');
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

async function keep(handle: WorkflowHandle, file: string): Promise<void> {
  const text = historyToJSON(await handle.fetchHistory())
    .replace(/"identity": ?"[^"]*"/g, '"identity": "recorded"')
    // The queue of one worker, by its process and host.
    .replace(/"name": ?"\d+@[^"]*"/g, '"name": "recorded"')
    // Where the code lay is nobody's business, and no replay reads it.
    .replace(/"stackTrace": ?"(?:[^"\\]|\\.)*"/g, '"stackTrace": ""')
    .replaceAll(`${process.cwd()}/`, '');
  writeFileSync(file, `${JSON.stringify(JSON.parse(text))}\n`);
}
