import type { ChildRun } from './child-run.ts';
import type { RunRequest } from '../messages.ts';
import type { Validation } from './validation.ts';
import type { ApprovalPolicy } from './plan.ts';

/** An exercise, resolved before its start: what must be met is fixed then. Times in ms. */
export interface Drill {
  run: RunRequest;
  /** Its name and title in the environment. */
  name: string;
  title: string;
  approval: ApprovalPolicy;
  /** What is done; null where people only talk it through. */
  practice: DrillPractice | null;
}

export interface DrillPractice {
  /** Titles of what is broken on purpose. */
  faults: string[];
  /** How long it is left broken before the recovery begins. */
  noticedAfterMs: number;
  recovery: ChildRun;
  reverse: ChildRun[];
  restBeforeReverseMs: number;
  checklist: Validation | null;
  criteria: DrillTargets;
  /** Services that run on Kubernetes, each as `service/region`. */
  onKubernetes: string[];
  patienceMs: number;
  withinMs: number;
}

/** What was promised beforehand; null where nothing was. */
export interface DrillTargets {
  rtoMs: number | null;
  rpoMs: number | null;
  /** For the slowest decision. */
  decideWithinMs: number | null;
}

/** One thing that a drill must meet, and how it came out; `met` is null when it was not measured, which does not pass. */
export interface Criterion {
  name: string;
  needed: string;
  have: string;
  met: boolean | null;
}

/** How a drill came out. */
export interface DrillScore {
  passed: boolean;
  /** Share of the criteria that were met, in percent. */
  score: number;
  criteria: Criterion[];
}

/** What an estate looks like, line by line, e.g. `database east/orders-east` → `primary, available, …`. */
export type EstateReading = Record<string, string>;

/** One line of an estate that is another than before; null where it is not there. */
export interface Residue {
  what: string;
  before: string | null;
  now: string | null;
}
