/** One command, API call, query or probe that a step made; redacted before it is kept. */
export interface EvidenceEntry {
  at: string;
  /** `muster` is what Muster itself found, e.g. that a change was already so. */
  tool: 'aws' | 'postgres' | 'redis' | 'http' | 'command' | 'notify' | 'archive' | 'muster';
  /** E.g. `rds:PromoteReadReplica`, `SELECT pg_is_in_recovery()`, `GET http://…/health`. */
  call: string;
  args?: unknown;
  kind: 'read' | 'change' | 'notify';
  outcome: string;
  ok: boolean;
  ms: number;
  attempt: number;
  operation?: string;
  /** How many equal reads in a row this stands for, when there were more than one; `ms` is their sum. */
  times?: number;
}

/** A call that a change would make. */
export interface PredictedCall {
  call: string;
  args?: unknown;
}

/** What an activity brings back to the workflow beside its result; the workflow interceptor unwraps it. */
export interface Envelope {
  musterEnvelope: 1;
  result: unknown;
  evidence: EvidenceEntry[];
  predicted: PredictedCall[];
  simulated: boolean;
  /** A dry run did not try it, because it waits for or checks what no change has done; `result` is left out. */
  notTried?: true;
  /** How long the recorded activity took, ms; only the player of a tape says it, for the workflow to wait. */
  tookMs?: number;
}
