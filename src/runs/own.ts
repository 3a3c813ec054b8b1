import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { catalogue } from '../catalogue.ts';
import type { Environment } from '../config/schema.ts';
import { modeOf, searchAttributes } from '../workflows/search-attributes.ts';
import { RunProblem, temporalProblem } from './problem.ts';

type Info = Pick<WorkflowExecutionInfo, 'type' | 'taskQueue' | 'memo' | 'typedSearchAttributes'>;

const patienceMs = 4_000;

/**
 * Whether a workflow is a run of this environment. It must be on the environment's task queue, unless it plays a tape, and whatever names an
 * environment on it must name this one: what does not say enough is not ours.
 */
export function belongs({ name, orchestrator }: Environment, { type, taskQueue, memo, typedSearchAttributes }: Info): boolean {
  if (!catalogue.some(({ workflow }) => workflow === type)) return false;
  const said = [memo?.['environment'], typedSearchAttributes.get(searchAttributes.environment)].filter((one) => one !== undefined);
  const here = taskQueue === orchestrator.taskQueue || (said.length > 0 && modeOf(memo?.['mode']) === 'tape');
  return here && said.every((one) => one === name);
}

/** Throws RunProblem 404 unless it is a run of this environment, as if it was not there; asks Temporal only, so that no worker is needed. */
export async function mustBelong(client: Client, environment: Environment, runId: string): Promise<void> {
  const info = await client
    .withDeadline(Date.now() + patienceMs, () => client.workflow.getHandle(runId).describe())
    .catch((error: unknown) => {
      throw temporalProblem(error, runId);
    });
  if (!belongs(environment, info)) throw new RunProblem(404, 'NotFound', `there is no run ${runId}`);
}

/** What Temporal's list is asked for: its runs, by their attribute where the namespace knows it. */
export function ownQuery({ name, orchestrator }: Environment, searchable: boolean): string {
  const queue = `TaskQueue = ${quoted(orchestrator.taskQueue)}`;
  const { name: attribute } = searchAttributes.environment;
  return searchable ? `(${attribute} = ${quoted(name)} OR (${attribute} IS NULL AND ${queue}))` : queue;
}

const quoted = (value: string): string => `'${value.replaceAll(/['\\]/g, '')}'`;
