import { ActivityFailure, ApplicationFailure, condition, isCancellation, patched, TimeoutFailure } from '@temporalio/workflow';
import type { Observation } from '../../activities/service/index.ts';
import { Failure } from '../failures.ts';
import type { StepView } from '../messages.ts';
import { announce } from './comms.ts';
import { now, type Run, RunEnds } from './run.ts';
import { notTried, StepScope } from './scope.ts';
import { helpFromTape } from './tape.ts';
import { refresh, tell } from './timeline.ts';

type Reason = NonNullable<StepView['failure']>;

export interface StepOptions {
  /** Takes the step back; kept before the act, so that a half-done act is undone too. */
  undo?: () => Promise<unknown>;
  /** From here on the way back is a runbook of its own. */
  pointOfNoReturn?: boolean;
  /** There is a second way, or a later try: a failure that stays is told to people, and the run goes on. May depend on the failure. */
  goesOn?: boolean | ((failure: Reason) => boolean);
}

interface Sentence<T> extends StepOptions {
  kind: StepView['kind'];
  /** False when the run cannot go on without what the step reads. */
  skippable: boolean;
  /** It only looks, so it may begin before the run has its leases. */
  looks: boolean;
  /** Nothing that comes hangs on it: when it cannot be read, the run goes on. */
  informs?: boolean;
  /** Says in words what came out. */
  say?: ((result: T) => string | undefined) | undefined;
}

/** Performs one sentence of a runbook. A failure that stays pauses the run until a person retries, skips, undoes or aborts. */
export async function perform<T>(run: Run, title: string, act: (step: StepView) => Promise<T>, how: Sentence<T>): Promise<T | undefined> {
  await mayGoOn(run);
  if (!how.looks) await mayChange(run);
  const step = openStep(run, title, how);
  if (how.undo) run.undo.push({ step, undo: how.undo });
  for (;;) {
    try {
      if (how.pointOfNoReturn) run.view.pastPointOfNoReturn = run.request.mode !== 'simulate';
      const scope = new StepScope(run, step);
      const result = await scope.run(() => act(step));
      const outcome = how.say?.(result) ?? (typeof result === 'string' ? result : undefined);
      const state = stateAfter(run, step, scope.notTried);
      closeStep(run, step, state, outcome ?? (state === 'notTried' ? (step.outcome ?? notTried) : undefined));
      return result;
    } catch (error) {
      if (isCancellation(error) || error instanceof RunEnds) {
        closeStep(run, step, 'canceled');
        throw error;
      }
      step.failure = reasonOf(error);
      if (typeof how.goesOn === 'function' ? how.goesOn(step.failure) : how.goesOn) return leaveFailed(run, step);
      if (how.informs && patched('not-measured')) return notMeasured(run, step);
      // Only a change that surely did not happen leaves the way back open.
      if (how.pointOfNoReturn && step.failure.name !== Failure.UnknownOutcome) run.view.pastPointOfNoReturn = false;
      if ((await askForHelp(run, step, how.skippable)) === 'skip') return undefined;
      step.tries += 1;
      step.state = 'running';
      // Else it would be shown as failed for as long as the next try takes. Histories from before know nothing of it.
      if (patched('retry-is-shown')) refresh(run);
    }
  }
}

/** A dry run predicts what changes would do, does not try what would show their effect, and reads the rest for real. */
function stateAfter({ request }: Run, { kind, predicted, evidence }: StepView, left: boolean): StepView['state'] {
  if (request.mode !== 'simulate') return 'completed';
  if (predicted.length > 0) return 'simulated';
  if (left && kind !== 'gate') return 'notTried';
  return evidence.length === 0 ? 'simulated' : 'completed';
}

/** A change, and a question to people, wait until the run holds what it would change. */
async function mayChange(run: Run): Promise<void> {
  run.wantsToChange = true;
  await condition(() => run.lease !== 'asked');
  if (run.lease === 'refused') throw new RunEnds('the leases were refused');
}

async function mayGoOn(run: Run): Promise<void> {
  if (!run.paused) return;
  run.held += 1;
  tell(run, 'run', `Paused before the next step by ${run.paused.by}`);
  try {
    await condition(() => run.paused === undefined);
  } finally {
    run.held -= 1;
  }
}

/** Adds a step to the record as running. */
export function openStep(
  run: Run,
  title: string,
  { kind, undo, pointOfNoReturn = false }: StepOptions & { kind: StepView['kind'] },
): StepView {
  const id = `${run.view.steps.length + 1}-${title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60)}`;
  const phase = run.view.phase ?? '';
  const state = kind === 'gate' ? 'pendingApproval' : 'running';
  const step: StepView = {
    id,
    title,
    phase,
    kind,
    state,
    startedAt: now(),
    tries: 1,
    reversible: undo !== undefined,
    pointOfNoReturn,
    evidence: [],
    predicted: [],
  };
  run.view.steps.push(step);
  tell(run, 'step', title, { step: id });
  return step;
}

/** Ends a step in the record. */
export function closeStep(run: Run, step: StepView, state: StepView['state'], outcome?: string): void {
  Object.assign(step, { state, endedAt: now() }, outcome === undefined ? {} : { outcome });
  if (state === 'completed') delete step.failure;
  tell(run, 'step', `${step.title}: ${outcome ?? step.outcome ?? state}`, { step: step.id });
}

/** The name and sentence of a failure, without the wrapping that Temporal adds. */
export function reasonOf(error: unknown): Reason {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) return { name: cause.type ?? 'Error', message: cause.message };
  if (cause instanceof TimeoutFailure) return { name: Failure.UnknownOutcome, message: `no answer in time (${cause.timeoutType})` };
  return { name: cause instanceof Error ? cause.name : 'Error', message: cause instanceof Error ? cause.message : String(cause) };
}

/** A step failed for good: the run waits until a person says what to do about it. Cancelled when the run is ended instead. */
async function askForHelp(run: Run, step: StepView, skippable: boolean): Promise<'retry' | 'skip'> {
  const { name, message } = step.failure!;
  step.state = 'failed';
  run.stuck.set(step.id, { step, since: now(), skippable });
  tell(run, 'step', `${step.title}: failed (${name}): ${message}`, { step: step.id });
  announce(run, `"${step.title}" failed and the run waits for a person: ${message}`, ['slack', 'pagerduty']);
  helpFromTape(run, step);
  try {
    const answered = () => run.stuck.get(step.id)?.resolution !== undefined;
    if (!skippable || run.patienceMs === undefined) await condition(answered);
    else if (!(await condition(answered, run.patienceMs))) return leaveOut(run, step);
    return run.stuck.get(step.id)!.resolution!;
  } finally {
    run.stuck.delete(step.id);
  }
}

/** What nobody could read is no number: the record says why, and protection does not wait for it. */
function notMeasured(run: Run, step: StepView): undefined {
  closeStep(run, step, 'notMeasured', `not measured: ${step.failure!.message}`);
  return undefined;
}

/** It stays failed, which people are told; the page says what comes instead. */
function leaveFailed(run: Run, step: StepView): undefined {
  const { name, message } = step.failure!;
  closeStep(run, step, 'failed', `failed (${name}), and the run goes on: ${message}`);
  announce(run, `"${step.title}" failed and the run goes on without it: ${message}`, ['slack', 'pagerduty']);
  return undefined;
}

/** An exercise goes on without what nobody saw to, and is the worse for it. */
function leaveOut(run: Run, step: StepView): 'skip' {
  step.endedAt = now();
  tell(run, 'step', `${step.title}: stays failed, nobody saw to it`, { step: step.id });
  return 'skip';
}

export interface WatchOptions extends Pick<StepOptions, 'goesOn'> {
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
