import { condition } from '@temporalio/workflow';
import type { StepView } from '../messages.ts';
import { announce } from './comms.ts';
import { now, type Run } from './run.ts';
import { helpFromTape } from './tape.ts';
import { tell } from './timeline.ts';

/** A step failed for good: the run waits until a person says what to do about it. Cancelled when the run is ended instead. */
export async function askForHelp(run: Run, step: StepView, skippable: boolean): Promise<'retry' | 'skip'> {
  const { name, message } = step.failure!;
  step.state = 'failed';
  run.stuck.set(step.id, { step, since: now(), skippable });
  tell(run, 'step', `${step.title}: failed (${name}): ${message}`, { step: step.id });
  announce(run, `"${step.title}" failed and the run waits for a person: ${message}`, ['slack', 'pagerduty']);
  helpFromTape(run, step);
  try {
    await condition(() => run.stuck.get(step.id)?.resolution !== undefined);
    return run.stuck.get(step.id)!.resolution!;
  } finally {
    run.stuck.delete(step.id);
  }
}
