import proto from '@temporalio/proto';
import type { TemporalConnection } from '../config/temporal.ts';
import type { Health } from './routes/health.ts';

const patienceMs = 2_000;
// A poll lasts a minute; the server remembers a worker that is gone for five.
const freshMs = 70_000;

/** Asks Temporal who polls the task queue. */
export function temporalHealth({ connection, namespace, address }: TemporalConnection, taskQueue: string): Health {
  return async () => {
    try {
      const { pollers } = await connection.withDeadline(Date.now() + patienceMs, () =>
        connection.workflowService.describeTaskQueue({
          namespace,
          taskQueue: { name: taskQueue },
          taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        }),
      );
      const worker = pollers.some(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1_000 > Date.now() - freshMs);
      const detail = worker
        ? 'Temporal answers and a worker polls.'
        : `No worker polls the task queue ${taskQueue}; commands are recorded and wait.`;
      return { temporal: true, worker, detail };
    } catch {
      return { temporal: false, worker: false, detail: `Temporal does not answer at ${address}.` };
    }
  };
}
