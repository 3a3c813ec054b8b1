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
    const answered = () => run.stuck.get(step.id)?.resolution !== undefined;
    if (!skippable || run.patienceMs === undefined) await condition(answered);
    else if (!(await condition(answered, run.patienceMs))) return leaveOut(run, step);
    return run.stuck.get(step.id)!.resolution!;
  } finally {
    run.stuck.delete(step.id);
  }
}

/** An exercise goes on without what nobody saw to, and is the worse for it. */
function leaveOut(run: Run, step: StepView): 'skip' {
  step.endedAt = now();
  tell(run, 'step', `${step.title}: stays failed, nobody saw to it`, { step: step.id });
  return 'skip';
}
