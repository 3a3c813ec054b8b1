import { WithStartWorkflowOperation, WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { Environment } from '../config/schema.ts';
import { drillBookId, type DrillBook } from '../workflows/lifecycle/drill-book.ts';

type Entity = (...args: unknown[]) => Promise<void>;

const emptyBook: DrillBook = { stopped: null, open: null, serious: {}, past: [] };

/** What the environment's book of exercises says; empty while there never was one. Throws when no worker answers. */
export async function readBook(client: Client, { name }: Environment): Promise<DrillBook> {
  try {
    return await client.workflow.getHandle(drillBookId(name)).query<DrillBook>('book');
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return emptyBook;
    throw error;
  }
}

/** Stops the exercise that is under way and lets none begin, or with null lets them begin again. */
export async function stopDrills(
  client: Client,
  { name, orchestrator }: Environment,
  asked: { by: string; reason: string } | null,
): Promise<void> {
  await client.workflow.executeUpdateWithStart<Entity, void, [typeof asked]>('stop', {
    args: [asked],
    startWorkflowOperation: new WithStartWorkflowOperation<Entity>('drillBook', {
      ...{ workflowId: drillBookId(name), taskQueue: orchestrator.taskQueue, workflowIdConflictPolicy: 'USE_EXISTING', args: [] },
    }),
  });
}
