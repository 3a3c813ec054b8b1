import {
  ApplicationFailure,
  CancellationScope,
  type ChildWorkflowOptions,
  executeChild,
  ParentClosePolicy,
  startChild,
} from '@temporalio/workflow';
import { Failure } from '../failures.ts';
import type { RunRequest, RunState, StepView } from '../messages.ts';
import type { ChildRun } from '../plans/child-run.ts';
import { searchAttributes } from '../search-attributes.ts';
import { records } from '../tools.ts';
import { holdMore, leaseTitle } from './leases.ts';
import { catalogueName } from '../incident/run-in-short.ts';
import { type Run, titleOf } from './run.ts';
import { tell } from './timeline.ts';

export type ChildResult = { runId: string; state: RunState; status: string; measures: Record<string, unknown> };

/** Starts a run of its own that outlives this one and takes its own leases; in simulate, and from a tape, it is only said. */
export async function leaveBehind(run: Run, workflow: string, plan: unknown, name = workflow): Promise<void> {
  if (run.request.mode !== 'live') return;
  await startChild(workflow, { workflowId: `${run.view.runId}-${name}`, args: [plan], parentClosePolicy: ParentClosePolicy.ABANDON });
}

/** Performs a runbook as one step, under the leases of this run. Fails when that run does not end well; a retry is a new run. */
export async function runChild(run: Run, step: StepView, child: ChildRun): Promise<ChildResult> {
  const workflowId = `${run.view.runId}-${step.id}${step.tries > 1 ? `-${step.tries}` : ''}`;
  step.child = workflowId;
  step.outcome = `runs as ${workflowId}`;
  tell(run, 'run', `"${child.title}" runs as ${workflowId}`, { step: step.id });
  const result = (await executeChild(child.workflow, {
    ...optionsOf(run, child, { workflowId, ...(child.ownLeases ? {} : { leases: 'shared' }) }),
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
  })) as ChildResult;
  if (result.state === 'completed' || result.state === 'completedWithExceptions') return result;
  throw ApplicationFailure.nonRetryable(`${workflowId} ended as ${result.state}: ${result.status}`, Failure.Permanent);
}

/** Starts the run that goes on with what this one began, and gives it the leases; nothing of this run is undone. */
export async function handOver(run: Run, child: ChildRun): Promise<void> {
  const workflowId = `${run.view.runId}-${child.workflow}`;
  await CancellationScope.nonCancellable(async () => {
    await holdMore(run, child.leases ?? []);
    // What goes on after a tape has ended is on another one.
    if (run.view.successor === undefined && run.request.mode !== 'tape')
      await startChild(child.workflow, {
        ...optionsOf(run, child, { workflowId, leases: 'inherited' }),
        parentClosePolicy: ParentClosePolicy.ABANDON,
      });
    run.view.successor = workflowId;
    const { mode, environment, incident } = run.request;
    if (mode === 'live')
      await records.transferLeases({ environment, from: run.view.runId, to: workflowId, title: leaseTitle(child.title, incident) });
  });
}

/** How a run starts another one: with the same request, which names its parent. */
function optionsOf(
  { request, view }: Run,
  { workflow, title, plan, code }: ChildRun,
  how: { workflowId: string; leases?: 'shared' | 'inherited' },
) {
  const { mode, environment, requestedBy, incident } = request;
  const asked: RunRequest = { ...request, parent: view.runId, ...(how.leases === undefined ? {} : { leases: how.leases }) };
  const attributes = [
    { key: searchAttributes.runbook, value: catalogueName(workflow) },
    { key: searchAttributes.environment, value: environment },
    { key: searchAttributes.mode, value: mode },
    ...(incident === undefined ? [] : [{ key: searchAttributes.incident, value: incident }]),
  ];
  return {
    workflowId: how.workflowId,
    args: [{ ...plan, run: asked }],
    memo: { title: titleOf(request, title), environment, mode, requestedBy, ...(code === undefined ? {} : { code }) },
    ...(request.searchAttributes ? { typedSearchAttributes: attributes } : {}),
  } satisfies ChildWorkflowOptions & { args: unknown[] };
}
