import { ApplicationFailure } from '@temporalio/workflow';
import type { Observation } from '../../activities/service/index.ts';
import { Failure } from '../failures.ts';
import type { StepView } from '../messages.ts';

export interface WatchOptions {
  /** Observes for a while, in an activity that heartbeats, and brings back all readings at once. */
  read: () => Promise<Observation | undefined>;
  holds: (seen: Observation) => boolean;
}

/** Fails with DoesNotHold when the readings are bad and with Inconclusive when one is missing: then a person decides. */
export async function watchUntilSure(step: StepView, { read, holds }: WatchOptions): Promise<void> {
  const seen = await read();
  if (!seen) return;
  step.outcome = `${seen.good} of ${seen.readings} readings good${seen.missing > 0 ? `, ${seen.missing} missing` : ''}`;
  if (seen.missing > 0 || seen.readings === 0) throw ApplicationFailure.nonRetryable(`cannot tell: ${step.outcome}`, Failure.Inconclusive);
  if (!holds(seen)) throw ApplicationFailure.nonRetryable(`does not hold: ${step.outcome}`, Failure.DoesNotHold);
}
