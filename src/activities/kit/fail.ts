import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { Failure, type FailureName } from '../../workflows/failures.ts';
import { redactText } from './redact.ts';

const longest = 4_000;
const retryable: ReadonlySet<string> = new Set<FailureName>([Failure.Transient, Failure.NotYet]);

/** A failure that an activity may throw: its name decides whether Temporal tries again; the message is redacted and at most 4 KB. */
export function failure(
  name: FailureName,
  message: string,
  options: { retryAfterMs?: number; details?: unknown[] } = {},
): ApplicationFailure {
  return ApplicationFailure.create({
    message: short(redactText(message)),
    type: name,
    nonRetryable: !retryable.has(name),
    // Waiting is no error: it must not fill the worker's log.
    ...(name === Failure.NotYet ? { category: ApplicationFailureCategory.BENIGN } : {}),
    ...(options.retryAfterMs === undefined ? {} : { nextRetryDelay: options.retryAfterMs }),
    ...(options.details === undefined ? {} : { details: options.details }),
  });
}

/** Cuts a message in the middle of nowhere rather than sending megabytes. */
export function short(message: string, length = longest): string {
  return message.length <= length ? message : `${message.slice(0, length - 1)}…`;
}
