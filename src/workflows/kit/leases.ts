import { ApplicationFailure, condition } from '@temporalio/workflow';
import { Failure } from '../failures.ts';
import type { Direction } from '../lifecycle/leases.ts';
import { records } from '../tools.ts';
import { isCompared, strangeness } from './recognise.ts';
import { now, type Run } from './run.ts';
import { RunScope } from './scope.ts';
import { reasonOf } from './steps.ts';
import { refresh, tell } from './timeline.ts';

/**
 * Has the plan compared with the worker's environment, then takes all leases at once. False when something is not known there: the run then ends as
 * failed; or when another run has a lease, or a change the other way is too young: it then ends as blocked.
 */
export async function holdLeases(run: Run, direction?: Direction): Promise<boolean> {
  if (isCompared(run.request)) {
    await firstLook(run);
    const refusal = await strangeness(run);
    if (refusal) return refuse(run, refusal, 'failed');
  }
  // A run that another one started works under that one's leases.
  if (run.request.mode === 'simulate' || run.view.leases.length === 0 || run.request.leases) {
    run.lease = 'held';
    // A step may have failed meanwhile: nothing else would say that the run waits for somebody.
    refresh(run);
    return true;
  }
  const asked = {
    environment: run.request.environment,
    holder: run.view.runId,
    title: leaseTitle(run.view.title, run.request.incident),
    resources: [...run.view.leases].sort(),
  };
  await firstLook(run);
  const answer = await new RunScope(run)
    .run(() => records.acquireLeases({ ...asked, ...(direction === undefined ? {} : { direction }) }))
    .catch((error: unknown) => ({
      granted: false as const,
      type: Failure.Permanent,
      message: `the leases could not be taken: ${reasonOf(error).message}`,
    }));
  if (answer.granted) {
    run.lease = 'held';
    tell(run, 'run', `Holds ${asked.resources.join(', ')}`);
    return true;
  }
  return refuse(run, answer, 'blockedByLease');
}

/** It is on its way before anything else. */
const firstLook = (run: Run): Promise<void> =>
  condition(() => run.view.steps.length > 0 || run.wantsToChange || run.view.endedAt !== undefined);

function refuse(run: Run, refusal: NonNullable<Run['refusal']>, state: 'failed' | 'blockedByLease'): false {
  run.refusal = refusal;
  run.lease = 'refused';
  Object.assign(run.view, { state, status: refusal.message, endedAt: now() });
  tell(run, 'run', `Refused: ${refusal.message}`);
  run.body.cancel();
  return false;
}

/** Takes more leases for a run that holds some: whoever goes on with its work needs them. Throws with the holder when one is taken. */
export async function holdMore(run: Run, resources: readonly string[]): Promise<void> {
  const { environment, mode, incident } = run.request;
  if (mode === 'simulate' || resources.length === 0) return;
  const title = leaseTitle(run.view.title, incident);
  const asked = { environment, holder: run.view.runId, title, resources: [...resources].sort() };
  const answer = await records.acquireLeases(asked);
  if (!answer.granted) throw ApplicationFailure.nonRetryable(answer.message, answer.type, { holder: answer.holder });
}

/** Gives the leases back; a run that went through starts the cool-down of its direction. */
export async function releaseLeases(run: Run, direction?: Direction): Promise<void> {
  if (run.request.mode === 'simulate' || run.view.leases.length === 0) return;
  const crossed = run.view.pastPointOfNoReturn && direction ? { direction } : {};
  // What the parent lent is the parent's to give back.
  if (run.request.leases === 'shared' && !('direction' in crossed)) return;
  await new RunScope(run, false)
    .run(() => records.releaseLeases({ environment: run.request.environment, holder: run.view.runId, ...crossed }))
    .catch((error: unknown) =>
      tell(run, 'run', `The leases could not be given back and free themselves with the run: ${reasonOf(error).message}`),
    );
}

/** What a lease says of its holder; a run of an incident names it. */
export const leaseTitle = (title: string, incident: string | undefined): string =>
  incident === undefined ? title : `${title} (${incident})`;
