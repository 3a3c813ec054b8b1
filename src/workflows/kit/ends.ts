import type { RunState } from '../messages.ts';
import type { Run } from './run.ts';

/** Ends the run early without asking what to do about the step, e.g. because a gate was declined. */
export class RunEnds extends Error {
  override name = 'RunEnds';
}

/** Ends the run from within its page, with everything as it is. */
export function endRun(run: Run, state: RunState, reason: string): never {
  run.ending ??= { how: 'leave', state, reason, by: 'the runbook' };
  throw new RunEnds(run.ending.reason);
}
