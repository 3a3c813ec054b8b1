import { condition, isCancellation, patched } from '@temporalio/workflow';
import { Failure } from '../failures.ts';
import type { StepView } from '../messages.ts';
import { RunEnds } from './ends.ts';
import { askForHelp } from './help.ts';
import type { Run } from './run.ts';
import { StepScope } from './scope.ts';
import { closeStep, openStep, reasonOf, type StepOptions } from './step-record.ts';
import { refresh, tell } from './timeline.ts';

interface Sentence<T> extends StepOptions {
  kind: StepView['kind'];
  /** False when the run cannot go on without what the step reads. */
  skippable: boolean;
  /** It only looks, so it may begin before the run has its leases. */
  looks: boolean;
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
      const result = await new StepScope(run, step).run(() => act(step));
      const outcome = how.say?.(result) ?? (typeof result === 'string' ? result : undefined);
      closeStep(run, step, isPredicted(run, step) ? 'simulated' : 'completed', outcome);
      return result;
    } catch (error) {
      if (isCancellation(error) || error instanceof RunEnds) {
        closeStep(run, step, 'canceled');
        throw error;
      }
      step.failure = reasonOf(error);
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

function isPredicted(run: Run, { evidence, predicted }: StepView): boolean {
  return run.request.mode === 'simulate' && (predicted.length > 0 || evidence.length === 0);
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
