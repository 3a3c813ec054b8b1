import { ApplicationFailure } from '@temporalio/common';
import type { Envelope, EvidenceEntry } from '../record/evidence.ts';
import { Failure } from '../workflows/failures.ts';

/** An answer; it is given with the time that the workflow is still to wait, ms, or thrown. */
export interface Given {
  tookMs: number;
  give: (leftMs: number) => unknown;
}

/** An answer that is no failure. */
export const given = (result: unknown, tookMs = 0, evidence: EvidenceEntry[] = []): Given => ({
  tookMs,
  give: (leftMs): Envelope => ({ musterEnvelope: 1, result, evidence, predicted: [], simulated: false, tookMs: leftMs }),
});

/** Bookkeeping and messages go on without the tape; nothing else does. */
export function unasked(activity: string, step: string): Given {
  if (activity === 'acquireLeases') return given({ granted: true });
  if (['releaseLeases', 'transferLeases'].includes(activity)) return given(undefined);
  if (activity.startsWith('notify')) return given({ sent: false, problem: 'a tape tells nobody' });
  const where = step === '' ? '' : `, asked by “${step}”`;
  throw ApplicationFailure.nonRetryable(
    `the tape has no answer for ${activity}${where}: the run that was recorded did not ask it`,
    Failure.Permanent,
  );
}
