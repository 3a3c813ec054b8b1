import { defineSignal, setHandler } from '@temporalio/workflow';
import { finalStates } from '../messages.ts';
import { actions } from './operator.ts';
import type { Run } from './run.ts';

/** Something real goes first: an exercise undoes what it did, and ends. */
export const stopExerciseSignal = defineSignal<[{ because: string }]>('stopExercise');

/** Lets an exercise be ended by the environment's book of exercises, which is no person. */
export function hearStop(run: Run): void {
  if (run.request.drill === undefined) return;
  setHandler(stopExerciseSignal, ({ because }) => {
    if (!run.ending && !finalStates.includes(run.view.state)) void actions.undo(run, { by: 'the book of exercises', reason: because });
  });
}
