import { patched, workflowInfo } from '@temporalio/workflow';
import { Failure } from '../failures.ts';
import type { RunRequest } from '../messages.ts';
import { trust } from '../tools.ts';
import type { Run } from './run.ts';
import { reasonOf } from './steps.ts';

/** Whether the worker compares the plan with its own environment file: a dry run changes nothing, a tape has no environment. */
export const isCompared = ({ mode }: RunRequest): boolean => mode === 'live' && patched('know-the-plan');

/** Why the worker does not know what the plan says of people; undefined when it does. From then on its own list of people counts. */
export async function strangeness(run: Run): Promise<Run['refusal']> {
  const { workflowType, parent } = workflowInfo();
  const plan = run.view.plan as { run: RunRequest };
  // Until the worker has answered.
  run.unsigned = 'undoable';
  try {
    const { strange, people, unsigned } = await trust.knowPlan({ plan, workflow: workflowType, child: parent !== undefined });
    Object.assign(run, { people, unsigned });
    if (strange.length === 0) return undefined;
    return { type: Failure.NotEntitled, message: `this worker does not know the plan: ${strange.join('; ')}` };
  } catch (error) {
    return { type: Failure.Permanent, message: `the plan could not be compared with the environment: ${reasonOf(error).message}` };
  }
}
