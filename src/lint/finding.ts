import type ts from 'typescript';

/** Where something stands in a file; line and column count from 1. */
export interface Place {
  file: string;
  line: number;
  column: number;
}

export type Severity = 'error' | 'warning';

/** One rule: why it is there, and where the unsafe form of it comes from. */
export interface Rule {
  id: string;
  severity: Severity;
  /** What goes wrong when it is broken, in one sentence. */
  why: string;
  /** Runbook of the seed systems and heading, or the lesson of the field. */
  source: string;
}

/** What a rule has found, and what to do about it. */
export interface Finding extends Place {
  rule: string;
  severity: Severity;
  what: string;
  todo: string;
  /** Runbooks that it concerns. */
  pages: string[];
}

/** A finding that the page itself accepts, with the reason that is written there. */
export interface Accepted extends Finding {
  reason: string;
}

/** A finding as a rule makes it: `trail` leads from the page over the procedures to the place, so that a reason may stand at each of them. */
export interface RawFinding {
  rule: Rule;
  what: string;
  todo: string;
  trail: readonly ts.Node[];
  /** The whole page is meant, not one act of it. */
  wholePage?: boolean;
}
