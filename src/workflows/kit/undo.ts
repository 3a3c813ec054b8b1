import { CancellationScope } from '@temporalio/workflow';
import type { Run } from './run.ts';
import { StepScope } from './scope.ts';
import { closeStep, openStep, reasonOf } from './step-record.ts';
import { refresh, tell } from './timeline.ts';

/** Undoes newest first, whatever happens: an undo that fails is recorded and the rest go on. True when all were undone. */
export async function undoEverything(run: Run): Promise<boolean> {
  run.view.state = 'compensating';
  run.view.status = `undoes ${run.undo.length} steps`;
  run.view.phase = 'Undo';
  refresh(run);
  let allUndone = true;
  await CancellationScope.nonCancellable(async () => {
    for (let entry = run.undo.pop(); entry; entry = run.undo.pop()) {
      const { step, undo } = entry;
      const record = openStep(run, `Undo: ${step.title}`, { kind: 'undo' });
      try {
        await new StepScope(run, record).run(undo);
        step.state = 'compensated';
        closeStep(run, record, 'completed');
      } catch (error) {
        allUndone = false;
        record.failure = reasonOf(error);
        step.state = 'compensationFailed';
        closeStep(run, record, 'failed', `could not be undone: ${record.failure.message}`);
      }
    }
  });
  if (!allUndone) tell(run, 'run', 'Not everything could be undone; see the failed undo steps');
  return allUndone;
}
