import { QueryNotRegisteredError, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { Failure, type FailureName } from '../workflows/failures.ts';

export type ProblemCode = FailureName | 'NotFound' | 'NoWorker' | 'TemporalUnavailable' | 'Busy' | 'Internal';

export interface ProblemField {
  pointer: string;
  detail: string;
}

/** A refusal or fault as callers see it: `status` is an HTTP status, `code` names the kind, `detail` is one sentence for people. */
export class RunProblem extends Error {
  override name = 'RunProblem';
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail: string;
  readonly fields?: ProblemField[];
  readonly holder?: string;

  constructor(status: number, code: ProblemCode, detail: string, more: { fields?: ProblemField[]; holder?: string; cause?: unknown } = {}) {
    super(detail, { cause: more.cause });
    this.status = status;
    this.code = code;
    this.detail = detail;
    if (more.fields !== undefined) this.fields = more.fields;
    if (more.holder !== undefined) this.holder = more.holder;
  }
}

/** The status codes of gRPC that mean something to us. */
export const grpc = { cancelled: 1, deadlineExceeded: 4, notFound: 5, resourceExhausted: 8, unavailable: 14 } as const;

const statuses: Partial<Record<FailureName, number>> = {
  [Failure.InvalidInput]: 422,
  [Failure.NotEntitled]: 403,
  [Failure.OwnRequest]: 403,
  [Failure.NotSigned]: 403,
  [Failure.UnknownGate]: 404,
  [Failure.UnknownStep]: 404,
};

/** The refusal inside a failed update, or undefined when the error is something else. */
export function refusalFrom(error: unknown): RunProblem | undefined {
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
  if (!(cause instanceof ApplicationFailure)) return undefined;
  const name = (cause.type ?? Failure.NotNow) as FailureName;
  const holder = (cause.details?.[0] as { holder?: string } | undefined)?.holder;
  return new RunProblem(statuses[name] ?? 409, name, cause.message, holder === undefined ? {} : { holder });
}

/** Turns what the Temporal client throws into a problem that says what a person can do. */
export function temporalProblem(error: unknown, what: string, kind: 'run' | 'incident' = 'run'): RunProblem {
  if (error instanceof RunProblem) return error;
  if (error instanceof WorkflowNotFoundError || error instanceof QueryNotRegisteredError)
    return new RunProblem(404, 'NotFound', `there is no ${kind} ${what}`, { cause: error });
  const { code, message } = innermost(error);
  if (code === grpc.notFound) return new RunProblem(404, 'NotFound', `there is no ${kind} ${what}`, { cause: error });
  if (code === grpc.deadlineExceeded || code === grpc.cancelled || /no poller/i.test(message)) {
    return new RunProblem(503, 'NoWorker', `no worker answers for ${what}: start one, the ${kind} itself is safe in Temporal`, {
      cause: error,
    });
  }
  if (code === grpc.unavailable)
    return new RunProblem(503, 'TemporalUnavailable', `Temporal does not answer; ${kind}s go on by themselves when it is back`, {
      cause: error,
    });
  if (code === grpc.resourceExhausted)
    return new RunProblem(503, 'Busy', `too much is asked of Temporal at once (${message}); ask again in a few seconds`, { cause: error });
  // Its code has failed and is tried again and again: only its worker can say why.
  if (/task in failed state/i.test(message)) {
    const detail = `the worker cannot go on with ${what}: its log says why, and \`muster replay-check\` tries it; the ${kind} itself is safe in Temporal`;
    return new RunProblem(503, 'NoWorker', detail, { cause: error });
  }
  return new RunProblem(500, 'Internal', message, { cause: error });
}

/** The outermost gRPC code and the innermost message of an error and its causes. */
export function innermost(error: unknown): { code?: number; message: string } {
  let code: number | undefined;
  let message = 'unknown error';
  for (let cause = error as { code?: unknown; message?: string; cause?: unknown } | undefined; cause; cause = cause.cause as typeof cause) {
    if (typeof cause.code === 'number') code ??= cause.code;
    if (cause.message) message = cause.message;
  }
  return code === undefined ? { message } : { code, message };
}
