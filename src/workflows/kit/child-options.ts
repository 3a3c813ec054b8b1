import type { ChildWorkflowOptions } from '@temporalio/workflow';
import type { RunRequest } from '../messages.ts';
import { searchAttributes } from '../search-attributes.ts';
import type { ChildRun } from '../plans/child-run.ts';
import { titleOf } from './new-run.ts';
import type { Run } from './run.ts';
import { catalogueName } from './tell-incident.ts';

/** How a run starts another one: with the same request, which names its parent. */
export function optionsOf(
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
    memo: { title: titleOf(request, title), mode, requestedBy, ...(code === undefined ? {} : { code }) },
    ...(request.searchAttributes ? { typedSearchAttributes: attributes } : {}),
  } satisfies ChildWorkflowOptions & { args: unknown[] };
}
