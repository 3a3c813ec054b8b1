import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import type { Run } from './run.ts';

/** Starts a run of its own that outlives this one; in simulate it is only said. */
export async function leaveBehind(run: Run, workflow: string, plan: unknown): Promise<void> {
  if (run.request.mode === 'simulate') return;
  await startChild(workflow, { workflowId: `${run.view.runId}-${workflow}`, args: [plan], parentClosePolicy: ParentClosePolicy.ABANDON });
}
