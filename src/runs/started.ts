import type { Mode, RunState } from '../workflows/messages.ts';

export interface StartRun {
  runbook: string;
  input: unknown;
  mode: Mode;
  reason: string;
  requestedBy: string;
  incident?: string;
  /** The same requester with the same key gets the same run. */
  idempotencyKey?: string;
}

export interface StartedRun {
  runId: string;
  /** False when the start is recorded but no worker has taken it up yet. */
  applied: boolean;
  existed: boolean;
  state?: RunState;
  status?: string;
}
