import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import { Failure } from '../failures.ts';
import type { StepView } from '../messages.ts';
import { now, type Run } from './run.ts';
import { tell } from './timeline.ts';

export interface StepOptions {
  /** Takes the step back; kept before the act, so that a half-done act is undone too. */
  undo?: () => Promise<unknown>;
  /** From here on the way back is a runbook of its own. */
  pointOfNoReturn?: boolean;
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
export function reasonOf(error: unknown): { name: string; message: string } {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) return { name: cause.type ?? 'Error', message: cause.message };
  if (cause instanceof TimeoutFailure) return { name: Failure.UnknownOutcome, message: `no answer in time (${cause.timeoutType})` };
  return { name: cause instanceof Error ? cause.name : 'Error', message: cause instanceof Error ? cause.message : String(cause) };
}
