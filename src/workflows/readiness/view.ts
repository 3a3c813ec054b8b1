import type { Finding } from './finding.ts';

/** `notNow`: its region does not have the primary, so that nobody would start it. */
export type PlanState = 'ready' | 'warnings' | 'notReady' | 'notNow';

/** `since`: when it was first seen so, ISO. */
export type StandingFinding = Finding & { since: string };

/** When a runbook was last done in this environment and ended well. */
export interface Practice {
  runId: string;
  /** ISO. */
  at: string;
  /** Digest of the runbook's code then; null when nobody noted it. */
  code: string | null;
}

/** One part of a score: the points are 100 times all factors. */
export interface ScorePart {
  part: 'findings' | 'practice' | 'edits';
  /** 0 to 1. */
  factor: number;
  why: string;
}

export interface PlanReadiness {
  name: string;
  runbook: string;
  title: string;
  input: Record<string, unknown>;
  state: PlanState;
  /** When it was first seen in this state, ISO. */
  since: string;
  /** Why nobody would start it now. */
  notNow?: string;
  /** 0 to 100, with what it is made of; null for what nobody would start now. */
  score: { points: number; parts: ScorePart[] } | null;
  /** Worst first. */
  findings: StandingFinding[];
  practice: Practice | null;
}

/** Somebody was told, once, that a plan is not ready or is so again. */
export interface ReadinessAlert {
  at: string;
  plan: string;
  state: 'notReady' | 'ready';
  text: string;
  /** By what it was taken, e.g. `slack`; empty where the environment has nothing to tell it by. */
  by: string[];
}

/** How ready the recovery plans of an environment are. */
export interface ReadinessView {
  version: 1;
  environment: string;
  /** Rises with every look; 0 before the first. */
  evaluation: number;
  looking: boolean;
  /** When the last look ended, ISO; null before the first. */
  at: string | null;
  /** Why it was taken. */
  because: string;
  /** ISO; null while looking. */
  nextAt: string | null;
  plans: PlanReadiness[];
  /** Newest first. */
  alerts: ReadinessAlert[];
}
