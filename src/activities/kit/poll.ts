import { setTimeout as wait } from 'node:timers/promises';
import { CancelledFailure } from '@temporalio/common';
import { Failure } from '../../workflows/failures.ts';
import { asFailure, sentenceOf, verdictOf } from './classify-failure.ts';
import { failure } from './fail.ts';
import { activityContext, currentStep, heartbeat } from './step-context.ts';

/** What one look saw: the awaited thing, or how it stands instead. */
export type Seen<T> = { is: T } | { notYet: string };
type Look<T> = Seen<T> | { unreadable: string };

export interface Patience {
  /** Longest pause between two looks, in ms; looks start close together, and 2 s is the most. */
  every?: number;
  /** Longest wait in ms; shorter when the activity's own time ends before. */
  within: number;
  /** How long it may stay unreadable, in ms; as long as `within` when left out. */
  blindFor?: number;
  /** What is awaited, e.g. `orders-west to be available`. */
  what: string;
}

const firstPause = 100;
const longestPause = 2_000;
const lastShare = 0.95;

/**
 * The one polling loop: looks, heartbeats, pauses, until it is so. Ends at once when the activity is cancelled.
 * Throws NotYet after `within`, or Transient when it could not even be read; a look that fails for a passing reason is repeated.
 */
export async function until<T>(
  look: () => Promise<Seen<T>>,
  { every = longestPause, within, blindFor = within, what }: Patience,
): Promise<T> {
  const deadline = Date.now() + Math.min(within, timeLeft());
  let pause = firstPause;
  let lastRead = Date.now();
  for (;;) {
    throwIfCancelled();
    heartbeat();
    const seen = await look().catch((error: unknown): Look<T> => {
      if (error instanceof CancelledFailure || verdictOf(error) === 'permanent') throw asFailure(error, 'read');
      return { unreadable: sentenceOf(error) };
    });
    if ('is' in seen) return seen.is;
    if ('notYet' in seen) lastRead = Date.now();
    if (Date.now() + pause > Math.min(deadline, lastRead + blindFor)) throw inVain(what, seen);
    await pauseFor(pause);
    pause = Math.min(pause * 1.5, every, longestPause);
  }
}

function inVain(what: string, seen: { notYet: string } | { unreadable: string }): Error {
  if ('notYet' in seen) return failure(Failure.NotYet, `waited in vain for ${what}: ${seen.notYet}`);
  return failure(Failure.Transient, `waited in vain for ${what}: it cannot be read, ${seen.unreadable}`);
}

/** Waits; ends early with CancelledFailure when the activity is cancelled. */
export async function pauseFor(ms: number): Promise<void> {
  const context = activityContext();
  await (context ? context.sleep(ms) : wait(ms));
}

/** Throws CancelledFailure when the activity has been cancelled; called where stopping is safe, never while a change is under way. */
export function throwIfCancelled(): void {
  if (activityContext()?.cancellationSignal.aborted) throw new CancelledFailure('the step was cancelled before it acted');
}

/** A little less than what Temporal leaves to the attempt, so that there is time to say why; the evidence would be lost otherwise. */
function timeLeft(): number {
  const allowed = activityContext()?.info.startToCloseTimeoutMs ?? Infinity;
  return Math.max(0, currentStep().startedAt + allowed * lastShare - Date.now());
}
