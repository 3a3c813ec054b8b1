import type { CancellationScope } from '@temporalio/workflow';
import type { CommandAnswer, GateCommand, GateView, RunRequest, RunState, RunView, StepView } from '../messages.ts';

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
