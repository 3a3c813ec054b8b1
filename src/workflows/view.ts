import type { EvidenceEntry, PredictedCall } from '../record/evidence.ts';
import type { Channel, Verb } from './verbs.ts';

/** `live` acts; `simulate` reads for real, changes nothing and predicts; `tape` asks and changes nothing at all: a past run answers. */
export type Mode = 'live' | 'simulate' | 'tape';

/** Names of the field's best system (AWS Region switch), and ours for undo and hand-over. */
export type RunState =
  | 'pending'
  | 'inProgress'
  | 'pendingApproval'
  | 'pausedByFailedStep'
  | 'pausedByOperator'
  | 'completed'
  | 'completedWithExceptions'
  | 'timedOut'
  | 'failed'
  | 'canceled'
  | 'compensating'
  | 'compensated'
  | 'compensationFailed'
  | 'handedOver'
  | 'blockedByLease';

export const finalStates: readonly RunState[] = [
  'completed',
  'completedWithExceptions',
  'timedOut',
  'failed',
  'canceled',
  'compensated',
  'compensationFailed',
  'handedOver',
  'blockedByLease',
];

export type StepState =
  | 'running'
  | 'pendingApproval'
  | 'completed'
  | 'failed'
  | 'skipped'
  // Nothing hung on what it would have read, and it could not be read.
  | 'notMeasured'
  | 'canceled'
  | 'compensated'
  | 'compensationFailed'
  // What a dry run did instead of acting, and what it could not try because nothing was done before.
  | 'simulated'
  | 'notTried';

/** Times are ISO 8601 in UTC everywhere in the view; durations end in `Ms`. */
export interface StepView {
  id: string;
  title: string;
  phase: string;
  kind: 'step' | 'measure' | 'gate' | 'watch' | 'rest' | 'run' | 'undo';
  state: StepState;
  startedAt: string;
  endedAt?: string;
  /** How often a person asked to try again, plus one. */
  tries: number;
  /** The run that does this step, when it is one of its own. */
  child?: string;
  /** What came out, as a sentence. */
  outcome?: string;
  /** The name is one of failures.ts, or the error's own when it is not ours. */
  failure?: { name: string; message: string };
  reversible: boolean;
  pointOfNoReturn: boolean;
  evidence: EvidenceEntry[];
  /** What the step's changes said they would do, before they did it (live) or instead of it (simulate). */
  predicted: PredictedCall[];
}

/** What a value is, and so in which unit it stays until it is shown: milliseconds, bytes, how many, 0 to 1, ISO 8601, true or false, a text. */
export type FactKind = 'duration' | 'bytes' | 'count' | 'share' | 'time' | 'yesNo' | 'words';

/** One thing a gate shows. `value` is compared when somebody approves: numbers within `tolerance`, the rest exactly; `informational` facts are not compared. */
export interface Fact {
  /** What procedures find it by; no other fact of the gate has it. */
  id: string;
  /** What people call it. */
  name: string;
  kind: FactKind;
  /** Exact, in the unit of its kind; null when nobody knows. */
  value: string | number | boolean | null;
  /** What follows a count, e.g. `of 3`. */
  unit?: string;
  /** Where it was read. */
  source: string;
  /** When it was read. */
  at: string;
  /** In the unit of the value. */
  tolerance?: number;
  informational?: boolean;
  /** `bad` is shown first and marked; `unknown` could not be read, `notTried` a dry run did not try. */
  verdict?: 'good' | 'bad' | 'unknown' | 'notTried';
}

export interface Decision {
  decision: 'approve' | 'decline';
  by: string;
  at: string;
  comment?: string;
  /** Digest of the facts that the person saw. */
  digest: string;
  channel: Channel;
}

export interface GateView {
  id: string;
  question: string;
  phase: string;
  /** Duty that a person must hold to decide, e.g. `incident-commander`. */
  of: string;
  quorum: number;
  state: 'open' | 'approved' | 'declined' | 'expired' | 'canceled' | 'simulated';
  openedAt: string;
  closesAt?: string;
  decidedAt?: string;
  /** Counts the times that the facts were replaced by newer ones. */
  round: number;
  facts: Fact[];
  digest: string;
  decisions: Decision[];
  escalations: { at: string; to: string }[];
  cannotBeUndone?: string;
}

export interface TimelineEntry {
  at: string;
  kind: 'run' | 'phase' | 'step' | 'gate' | 'operator' | 'note' | 'message';
  text: string;
  by?: string;
  step?: string;
}

export interface MessageView {
  to: 'slack' | 'pagerduty' | 'statuspage';
  text: string;
  at: string;
  state: 'sending' | 'sent' | 'notSent' | 'simulated';
  problem?: string;
}

/** The one view of a run, version 1: what the query `view` answers, and what API, CLI and report show. */
export interface RunView {
  version: 1;
  runbook: string;
  title: string;
  /** The workflow's id, used as the run's id everywhere. */
  runId: string;
  environment: string;
  mode: Mode;
  state: RunState;
  /** One sentence for people: where it stands. */
  status: string;
  requestedBy: string;
  reason: string;
  incident?: string;
  /** The exercise that it is part of. */
  drill?: string;
  /** The run that started this one. */
  parent?: string;
  /** The run that goes on with what this one began. */
  successor?: string;
  startedAt: string;
  endedAt?: string;
  phase?: string;
  /** What the run waits for and from whom, when it waits. */
  waitingFor?: { what: string; who: string; since: string; until?: string };
  /** Verbs that would be accepted now. */
  verbs: Verb[];
  pastPointOfNoReturn: boolean;
  /** What still can be undone, newest first. */
  undoable: string[];
  leases: string[];
  steps: StepView[];
  gates: GateView[];
  timeline: TimelineEntry[];
  messages: MessageView[];
  /** Results by name, e.g. `outage`, `rto`, `rpo`; see each runbook. */
  measures: Record<string, unknown>;
  /** The resolved plan that was started, without secrets. */
  plan: unknown;
}
