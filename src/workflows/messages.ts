import type { Channel, Proof } from './verbs.ts';
import type { Mode, RunState } from './view.ts';

export * from './verbs.ts';
export * from './view.ts';

/** Every command carries who, over what, and an id that makes a repeat harmless. A plain Temporal signal may leave out `id`, `channel` and `proof`. */
export interface Command {
  by: string;
  id?: string;
  /** Counts only with a proof: without one it came through Temporal, whatever it says. */
  channel?: Channel;
  proof?: Proof;
}
export interface GateCommand extends Command {
  gate: string;
  digest: string;
  comment?: string;
}
export interface StepCommand extends Command {
  /** The paused step; may be left out when only one is paused. */
  step?: string;
  reason?: string;
}
export interface ReasonCommand extends Command {
  reason?: string;
}
export interface AbortCommand extends ReasonCommand {
  /** `leave` ends the run with everything as it is; `undo` undoes newest first. */
  how?: 'leave' | 'undo';
}
export interface NoteCommand extends Command {
  text: string;
}

export interface CommandOf {
  approve: GateCommand;
  decline: GateCommand;
  pause: ReasonCommand;
  resume: ReasonCommand;
  retryStep: StepCommand;
  skipStep: StepCommand & { reason: string };
  undo: ReasonCommand;
  abort: AbortCommand;
  note: NoteCommand;
}

/** What a command answers: the run's new state in short. */
export interface CommandAnswer {
  state: RunState;
  status: string;
}

/** A person as far as a run must know: duties are what gates ask for. */
export interface Person {
  subject: string;
  name: string;
  roles: Role[];
  duties: string[];
}
export type Role = 'viewer' | 'responder' | 'approver' | 'admin';

/** Every runbook's input holds this under `run`. */
export interface RunRequest {
  environment: string;
  mode: Mode;
  requestedBy: string;
  reason: string;
  incident?: string;
  /** The exercise that this run is part of: it is shown everywhere as one, and pages nobody. */
  drill?: string;
  /** Who may decide what; from the environment at the start, so that a run never changes its rules. */
  people: Person[];
  /** The run that started this one. */
  parent?: string;
  /** `shared`: the parent holds what this run changes, and keeps it. `inherited`: the parent hands its leases over to this run. */
  leases?: 'shared' | 'inherited';
  /** How a tape is played: so many times as fast as it was; in a what-if the recorded people answer too. */
  tape?: { speed: number; people?: 'recorded' };
  /** Set only when the namespace knows our search attributes. */
  searchAttributes?: boolean;
}
