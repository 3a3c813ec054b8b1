import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { Failure } from '../../workflows/failures.ts';
import { failure } from './fail.ts';

/**
 * What a failure means for a change: `retry` and `notYet` = it surely did not happen and may be tried again,
 * `permanent` = it surely did not happen and will not, `unknown` = it may have happened.
 */
export type Verdict = 'retry' | 'notYet' | 'permanent' | 'unknown';

/** Node's and undici's codes: before the request left it is sure that nothing happened, after that it is not. */
const sockets: Readonly<Record<string, Verdict>> = {
  ECONNREFUSED: 'retry',
  ENOTFOUND: 'retry',
  EAI_AGAIN: 'retry',
  EHOSTUNREACH: 'retry',
  ENETUNREACH: 'retry',
  UND_ERR_CONNECT_TIMEOUT: 'retry',
  ECONNRESET: 'unknown',
  EPIPE: 'unknown',
  ETIMEDOUT: 'unknown',
  UND_ERR_SOCKET: 'unknown',
  UND_ERR_HEADERS_TIMEOUT: 'unknown',
  UND_ERR_BODY_TIMEOUT: 'unknown',
  UND_ERR_ABORTED: 'unknown',
};

/** AWS error names, without their ending `Fault` or `Exception`; the HTTP status alone misleads, since Route 53 throttles with 400. */
const aws: Readonly<Record<string, Verdict>> = {
  Throttling: 'retry',
  Throttled: 'retry',
  RequestThrottled: 'retry',
  RequestLimitExceeded: 'retry',
  TooManyRequests: 'retry',
  SlowDown: 'retry',
  PriorRequestNotComplete: 'retry',
  RequestTimeTooSkewed: 'retry',
  InvalidDBInstanceState: 'notYet',
  InvalidDBSnapshotState: 'notYet',
  InvalidDBClusterState: 'notYet',
  InvalidGlobalClusterState: 'notYet',
  ScalingActivityInProgress: 'notYet',
  InstanceRefreshInProgress: 'notYet',
  ResourceContention: 'notYet',
  RequestTimeout: 'unknown',
};

const http: Readonly<Record<number, Verdict>> = { 408: 'unknown', 425: 'retry', 429: 'retry' };

/** Exit codes that many programs share, and how starting one can fail. */
const processes: Readonly<Record<string, Verdict>> = {
  EAGAIN: 'retry',
  ENOMEM: 'retry',
  EMFILE: 'retry',
  ENOENT: 'permanent',
  EACCES: 'permanent',
  75: 'retry',
  124: 'unknown',
  255: 'unknown',
};

/** PostgreSQL's SQLSTATE, whole or by its class of two characters; what a statement that failed did is rolled back. */
const sql: Readonly<Record<string, Verdict>> = {
  '08': 'unknown',
  '40': 'retry',
  '40003': 'unknown',
  '53': 'retry',
  '55P03': 'retry',
  '55006': 'notYet',
  '57014': 'retry',
  '57P01': 'unknown',
  '57P02': 'unknown',
  '57P03': 'notYet',
};

/** An HTTP answer that is not good. */
export class HttpAnswer extends Error {
  override name = 'HttpAnswer';
  readonly status: number;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, status: number, retryAfterMs?: number) {
    super(message);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** A program that ended badly; `exitCode` is undefined when a signal ended it. */
export class CommandFailed extends Error {
  override name = 'CommandFailed';
  readonly exitCode: number | undefined;
  readonly exitCodes: Readonly<Record<number, Verdict>>;
  /** The end of what it said on each stream; undefined when it did not come so far. */
  readonly said: { stdout: string; stderr: string } | undefined;

  constructor(
    message: string,
    exitCode: number | undefined,
    exitCodes: Readonly<Record<number, Verdict>> = {},
    said?: { stdout: string; stderr: string },
  ) {
    super(message);
    this.said = said;
    this.exitCode = exitCode;
    this.exitCodes = exitCodes;
  }
}

/** What a failure means, by whichever table knows it. A mistake in our own code is permanent. */
export function verdictOf(error: unknown): Verdict {
  if (error instanceof ApplicationFailure) return ofFailure(error.type);
  if (error instanceof HttpAnswer) return http[error.status] ?? (error.status >= 500 ? 'unknown' : 'permanent');
  if (error instanceof CommandFailed) return ofExit(error);
  const facts = error as {
    name?: string;
    code?: unknown;
    severity?: string;
    syscall?: string;
    $metadata?: { httpStatusCode?: number };
    message?: string;
  };
  const code = typeof facts?.code === 'string' ? facts.code : undefined;
  if (code !== undefined && facts.severity !== undefined) return sql[code] ?? sql[code.slice(0, 2)] ?? 'permanent';
  if (facts?.syscall === 'connect' || /did not establish a connection/.test(facts?.message ?? '')) return 'retry';
  if (facts?.syscall?.startsWith('spawn') && code !== undefined) return processes[code] ?? 'permanent';
  if (code !== undefined && sockets[code] !== undefined) return sockets[code];
  if (facts?.$metadata !== undefined) return ofAws(facts.name ?? '', facts.$metadata.httpStatusCode);
  if (facts?.name === 'TimeoutError' || facts?.name === 'AbortError') return 'unknown';
  return ofInner(error);
}

function ofFailure(type: string | undefined | null): Verdict {
  if (type === Failure.Transient) return 'retry';
  if (type === Failure.NotYet) return 'notYet';
  return type === Failure.UnknownOutcome ? 'unknown' : 'permanent';
}

function ofExit({ exitCode, exitCodes }: CommandFailed): Verdict {
  if (exitCode === undefined || exitCode > 128) return exitCodes[exitCode ?? -1] ?? 'unknown';
  return exitCodes[exitCode] ?? processes[exitCode] ?? 'permanent';
}

function ofAws(name: string, status: number | undefined): Verdict {
  const known = aws[name.replace(/(Fault|Exception)$/, '')];
  if (known !== undefined) return known;
  // No status: an answer came that could not be read.
  if (status === undefined || status >= 500 || status < 400) return 'unknown';
  return status === 429 ? 'retry' : 'permanent';
}

/** `fetch failed` and errors of several addresses hide the reason inside. */
function ofInner(error: unknown): Verdict {
  const { cause, errors } = (error ?? {}) as { cause?: unknown; errors?: unknown[] };
  const inner = cause ?? errors?.[0];
  return inner === undefined ? 'permanent' : verdictOf(inner);
}

/** True when a service gave no answer at all, so that its region may be lost. */
export function isUnreachable(error: unknown): boolean {
  const { $metadata, severity } = (error ?? {}) as { $metadata?: { httpStatusCode?: number }; severity?: string };
  const answered = error instanceof HttpAnswer || $metadata?.httpStatusCode !== undefined || severity !== undefined;
  return !answered && ['retry', 'unknown'].includes(verdictOf(error));
}

/** The failure to throw for an error. What is unknown for a change is only passing for a read, which may simply be repeated. */
export function asFailure(error: unknown, kind: 'read' | 'change'): Error {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  const names = {
    retry: Failure.Transient,
    notYet: Failure.NotYet,
    permanent: Failure.Permanent,
    unknown: kind === 'change' ? Failure.UnknownOutcome : Failure.Transient,
  };
  const retryAfterMs = error instanceof HttpAnswer ? error.retryAfterMs : undefined;
  return failure(names[verdictOf(error)], sentenceOf(error), retryAfterMs === undefined ? {} : { retryAfterMs });
}

/** What went wrong, as one sentence, with the reason that `fetch failed` hides. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const inner: unknown = error.cause ?? (error instanceof AggregateError ? error.errors[0] : undefined);
  const name = ['Error', 'TypeError', 'HttpAnswer', 'CommandFailed', 'ApplicationFailure'].includes(error.name) ? '' : `${error.name}: `;
  const own = error.message || (error as { code?: string }).code || error.name;
  return inner === undefined ? `${name}${own}` : `${name}${own} (${sentenceOf(inner)})`;
}
