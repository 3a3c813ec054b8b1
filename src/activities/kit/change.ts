import { CancelledFailure } from '@temporalio/common';
import { Failure } from '../../workflows/failures.ts';
import { asFailure, sentenceOf, verdictOf } from './classify-failure.ts';
import type { PredictedCall } from '../../record/evidence.ts';
import { failure } from './fail.ts';
import { classify, type Classified } from './kinds.ts';
import { finding } from './observed.ts';
import { pauseFor, throwIfCancelled } from './poll.ts';
import { currentStep, heartbeat } from './step-context.ts';

/** How it is now: whether it is as asked already, and that in words. */
export interface Finding {
  so: boolean;
  found: string;
}

/** What a change would call, exactly as its act calls it, and what it would answer. */
export interface Prediction<Result> {
  calls: PredictedCall[];
  result: Result;
}

export interface ChangeParts<Input, Found extends Finding, Answer, Result> {
  /** Throws InvalidInput for what can never be right, before anything is asked of anybody. */
  check?(input: Input): void;
  /** Reads how it is; done on every attempt before anything else. */
  look(input: Input): Promise<Found>;
  predict(input: Input, found: Found): Prediction<Result>;
  /** Throws when a safety rule forbids it. Live only: in simulate the steps before were not done either. */
  refuse?(input: Input, found: Found): Promise<void> | void;
  /** Makes the one change. Cancellation never interrupts it. */
  act(input: Input, found: Found): Promise<Answer>;
  /** Reads back until the effect is there. `answer` is missing when it was already so, or the answer was lost. */
  prove(input: Input, found: Found, answer: Answer | undefined): Promise<Result>;
  /** Simulate predicts it even when it is already so, because a step before it, which simulate did not do, makes it needed. */
  predictAnyway?: boolean;
  /** How long an act whose answer was lost may take to show; 3 s by default. */
  settleMs?: number;
}

/**
 * A change that looks, acts once, and proves its effect; whatever dies in between, the next attempt looks first. An act that was answered is
 * remembered: from then on its effect is awaited, and it is not asked for again before a person tries the step again.
 */
export function change<Input, Found extends Finding, Answer, Result>(
  parts: ChangeParts<Input, Found, Answer, Result>,
): Classified<'change', Input, Result> {
  return classify('change', async (input: Input) => {
    const step = currentStep();
    const simulate = step.mode === 'simulate';
    parts.check?.(input);
    const found = await lookFirst(parts, input);
    if (found.so && !(simulate && parts.predictAnyway)) {
      finding('look', `already so: ${found.found}`);
      return simulate ? parts.predict(input, found).result : parts.prove(input, found, step.carried.answer as Answer | undefined);
    }
    if (step.carried.acted) {
      finding('look', `asked for before, and not there yet: ${found.found}`);
      return parts.prove(input, found, step.carried.answer as Answer | undefined);
    }
    const { calls, result } = parts.predict(input, found);
    step.predict(calls);
    if (simulate) return result;
    await parts.refuse?.(input, found);
    throwIfCancelled();
    return actOnce(parts, input, found);
  });
}

type Looks<Input, Found> = Pick<ChangeParts<Input, Found & Finding, unknown, unknown>, 'settleMs'> & { look(input: Input): Promise<Found> };

/** An attempt that died may have asked for it a moment ago: then one look that does not see it yet is not enough. */
async function lookFirst<Input, Found extends Finding>(parts: Looks<Input, Found>, input: Input): Promise<Found> {
  const { carried } = currentStep();
  const found = await parts.look(input);
  const settled = found.so || carried.acted || !carried.unsure ? found : await lookAgain(parts, input);
  carried.unsure = false;
  return settled;
}

async function actOnce<Input, Found extends Finding, Answer, Result>(
  parts: ChangeParts<Input, Found, Answer, Result>,
  input: Input,
  found: Found,
): Promise<Result> {
  heartbeat();
  let answer: Answer;
  try {
    answer = await parts.act(input, found);
  } catch (error) {
    if (verdictOf(error) !== 'unknown') throw asFailure(error, 'change');
    const seen = await settle(parts, input, error);
    remember(undefined);
    return parts.prove(input, seen, undefined);
  }
  remember(answer);
  return parts.prove(input, found, answer);
}

/** Leaves to the next attempt that the change is made, and what it answered. */
function remember(answer: unknown): void {
  Object.assign(currentStep().carried, { acted: true, answer });
  heartbeat();
}

/** The answer was lost: only looking tells whether the change happened. */
async function settle<Input, Found extends Finding>(parts: Looks<Input, Found>, input: Input, lost: unknown): Promise<Found> {
  const why = sentenceOf(lost);
  const seen = await lookAgain(parts, input).catch((error: unknown) => {
    // "Not yet" is an answer: something is under way, and the next attempt looks again.
    if (error instanceof CancelledFailure || verdictOf(error) === 'notYet') throw error;
    throw failure(Failure.UnknownOutcome, `the answer was lost (${why}), and it cannot be read whether it happened: ${sentenceOf(error)}`);
  });
  if (!seen.so) throw failure(Failure.Transient, `the answer was lost (${why}), and it did not happen: ${seen.found}`);
  finding('look again', `the answer was lost (${why}), but it happened: ${seen.found}`);
  return seen;
}

/** Looks until it is so or the time to settle is over; what it saw last counts. Throws when it could not be seen at the end. */
async function lookAgain<Input, Found extends Finding>(parts: Looks<Input, Found>, input: Input): Promise<Found> {
  const deadline = Date.now() + (parts.settleMs ?? 3_000);
  for (;;) {
    heartbeat();
    const last = await parts.look(input).then(
      (seen) => ({ seen }),
      (failed: unknown) => ({ failed }),
    );
    if ('seen' in last && (last.seen.so || Date.now() >= deadline)) return last.seen;
    if ('failed' in last && Date.now() >= deadline) throw last.failed;
    await pauseFor(200);
  }
}
