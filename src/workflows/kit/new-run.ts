import { patched, workflowInfo } from '@temporalio/workflow';
import { incidentId } from '../incident/commands.ts';
import type { CommandAnswer, RunRequest, RunView } from '../messages.ts';
import type { OpenGate, Run, StuckStep } from './run.ts';
import { RunScope } from './scope.ts';

/** Makes the run's record as it is before its first step. */
export function newRun(plan: { run: RunRequest }, title: string, leases: readonly string[]): Run {
  const info = workflowInfo();
  const { run: request } = plan;
  const view: RunView = {
    version: 1,
    runbook: info.workflowType,
    title: titleOf(request, title),
    runId: info.workflowId,
    environment: request.environment,
    mode: request.mode,
    state: 'pending',
    status: 'is starting',
    requestedBy: request.requestedBy,
    reason: request.reason,
    ...(request.incident === undefined ? {} : { incident: request.incident }),
    ...(request.drill === undefined ? {} : { drill: request.drill }),
    ...(request.parent === undefined ? {} : { parent: request.parent }),
    startedAt: info.startTime.toISOString(),
    verbs: [],
    pastPointOfNoReturn: false,
    undoable: [],
    leases: [...leases],
    steps: [],
    gates: [],
    timeline: [],
    messages: [],
    measures: {},
    plan,
  };
  const run = {
    request,
    view,
    undo: [],
    gates: new Map<string, OpenGate>(),
    stuck: new Map<string, StuckStep>(),
    children: new Map<string, NonNullable<RunView['waitingFor']>>(),
    told: { parent: 'null' },
    commands: new Map<string, Promise<CommandAnswer>>(),
    held: 0,
  };
  return { ...run, ...incidentOf(request), lease: 'asked', body: new RunScope(run) };
}

/** Nobody may take an exercise, or what a tape plays, for something that happens. */
export const titleOf = ({ mode, drill }: Pick<RunRequest, 'mode' | 'drill'>, title: string): string =>
  mode === 'tape' ? `TAPE: ${title}` : drill === undefined ? title : `DRILL: ${title}`;

/** Runs that began before incidents were told anything go on as they began. */
function incidentOf({ environment, incident }: RunRequest): Pick<Run, 'incident'> {
  if (incident === undefined || !patched('tell-incident')) return {};
  return { incident: { id: incidentId(environment, incident), telling: false } };
}
