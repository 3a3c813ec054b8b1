import { type CancellationScope, patched, workflowInfo } from '@temporalio/workflow';
import { incidentId } from '../incident/commands.ts';
import type { CommandAnswer, GateCommand, GateView, Person, RunRequest, RunState, RunView, StepView, Unsigned } from '../messages.ts';
import { RunScope } from './scope.ts';

/** How a run comes to an early end: `leave` keeps everything as it is, `undo` goes back newest first. */
export interface Ending {
  how: 'leave' | 'undo';
  state: RunState;
  reason: string;
  by: string;
}

export interface OpenGate {
  view: GateView;
  /** Throws the refusal, or returns; nothing is changed. */
  check(decision: 'approve' | 'decline', command: GateCommand): void;
  decide(decision: 'approve' | 'decline', command: GateCommand): Promise<void>;
}

/** A step that failed for good, until a person says what to do. */
export interface StuckStep {
  step: StepView;
  since: string;
  skippable: boolean;
  resolution?: 'retry' | 'skip';
}

/** Everything a run knows of itself: one object a workflow, made by `runbook`, never at module level. */
export interface Run {
  readonly request: RunRequest;
  readonly view: RunView;
  /** Who may decide what: as the plan says, until the worker has said what its own environment does. */
  people: readonly Person[];
  /** What counts of what nobody has signed; all of it in runs that began before anything was. */
  unsigned: Unsigned;
  /** Scope of the runbook's own code; cancelled when the run is aborted. */
  readonly body: CancellationScope;
  readonly undo: { step: StepView; undo: () => Promise<unknown> }[];
  readonly gates: Map<string, OpenGate>;
  readonly stuck: Map<string, StuckStep>;
  /** What runs that this one waits for are waiting for, by their ids. */
  readonly children: Map<string, NonNullable<RunView['waitingFor']>>;
  /** What was last said to whom, so that nothing is said twice. */
  readonly told: { parent?: string };
  /** The workflow of the incident that the run names, and the state that it was told last. */
  readonly incident?: { id: string; told?: RunState; telling: boolean };
  /** Commands by id, so that a repeat gets the first one's answer. */
  readonly commands: Map<string, Promise<CommandAnswer>>;
  /** How long a failed step that may be left out waits for a person, in ms; for ever unless said. */
  readonly patienceMs?: number;
  paused?: { by: string; since: string; reason?: string };
  /** Steps that wait for `resume`. */
  held: number;
  ending?: Ending;
  /** State that the search attribute says. */
  shownState?: RunState;
  /** A sentence waits for the leases. */
  wantsToChange?: true;
  lease: 'asked' | 'held' | 'refused';
  refusal?: { type: string; message: string; holder?: string };
}

export const now = (): string => new Date().toISOString();

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
    people: request.people,
    unsigned: 'allow' as Unsigned,
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

/** Ends the run early without asking what to do about the step, e.g. because a gate was declined. */
export class RunEnds extends Error {
  override name = 'RunEnds';
}

/** Ends the run from within its page, with everything as it is. */
export function endRun(run: Run, state: RunState, reason: string): never {
  run.ending ??= { how: 'leave', state, reason, by: 'the runbook' };
  throw new RunEnds(run.ending.reason);
}
