import type { Client, WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { RunView } from '../src/workflows/messages.ts';
import { searchAttributes } from '../src/workflows/search-attributes.ts';

const patienceMs = 5_000;

/** What a run says of itself, and what Temporal knows of it, in one line: for whoever waited for it in vain. Never throws. */
export async function whereItStands(client: Client, runId: string): Promise<string> {
  const handle = client.workflow.getHandle(runId);
  const told = await Promise.all(
    [byTemporal, byItself, byHistory].map((look) =>
      client
        .withDeadline(Date.now() + patienceMs, () => look(handle))
        .catch((error: unknown) => `(${look.name} not known: ${error instanceof Error ? error.message : String(error)})`),
    ),
  );
  return `${runId}: ${told.join('; ')}`;
}

async function byTemporal(handle: WorkflowHandle): Promise<string> {
  const { status, typedSearchAttributes, raw } = await handle.describe();
  const { pendingActivities, pendingWorkflowTask } = raw;
  const activities = (pendingActivities ?? []).map(
    ({ activityType, attempt, lastFailure }) =>
      `activity ${activityType?.name} in try ${attempt}${lastFailure ? ` (before: ${lastFailure.message})` : ''}`,
  );
  const task = pendingWorkflowTask ? [`a workflow task in try ${pendingWorkflowTask.attempt}`] : [];
  const waits = [...activities, ...task].join(', ') || 'nothing that Temporal would do';
  return `${status.name}, ${typedSearchAttributes.get(searchAttributes.state) ?? 'no state'} by its record, waits for ${waits}`;
}

async function byItself(handle: WorkflowHandle): Promise<string> {
  const { state, status, waitingFor } = await handle.query<RunView>('view');
  return `says of itself ${state}, "${status}"${waitingFor ? `, waits for ${waitingFor.who}: ${waitingFor.what}` : ''}`;
}

async function byHistory(handle: WorkflowHandle): Promise<string> {
  const { events } = JSON.parse(historyToJSON(await handle.fetchHistory())) as { events: { eventId: string; eventType: string }[] };
  const last = events.slice(-3).map(({ eventId, eventType }) => `${eventId} ${eventType.replace('EVENT_TYPE_', '')}`);
  return `last events ${last.join(', ')}`;
}
