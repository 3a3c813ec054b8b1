import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import type { Envelope, EvidenceEntry, PredictedCall } from '../../record/evidence.ts';

/** What our own activities answer with. */
export function isEnvelope(answer: unknown): answer is Envelope {
  return typeof answer === 'object' && answer !== null && 'musterEnvelope' in answer;
}

/** What an activity that failed had called, and meant to call. */
export function leftBehind(error: unknown): { musterEvidence?: EvidenceEntry[]; musterPredicted?: PredictedCall[]; musterTookMs?: number } {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  return (cause instanceof ApplicationFailure ? (cause.details?.[0] as ReturnType<typeof leftBehind> | undefined) : undefined) ?? {};
}
