import { allHandlersFinished, ApplicationFailure, CancellationScope, condition, isCancellation, setHandler } from '@temporalio/workflow';
import type { RunRequest, RunState, RunView, StepView } from '../messages.ts';
import { records } from '../tools.ts';
import { beginUpdate, handleCommands } from './commands.ts';
import { announce, settleMessages } from './comms.ts';
import { type Kit, kitOf } from './kit.ts';
import type { Direction } from '../lifecycle/leases.ts';
import { holdLeases, releaseLeases } from './leases.ts';
import { incidentHasHeard } from './neighbours.ts';
import { newRun, now, type Run } from './run.ts';
import { RunScope, StepScope } from './scope.ts';
import { closeStep, openStep, reasonOf } from './steps.ts';
import { refresh, tell } from './timeline.ts';
import { runMarks } from '../../words/states.ts';

export interface RunbookOptions {
  title: string;
  /** Resources that no other run may change meanwhile. */
  leases: readonly string[];
  /** Way of a failover; the opposite way is refused for the cool-down. */
  direction?: Direction;
  /** How long a failed step that may be left out waits for a person, in ms; for ever unless said. */
  patienceMs?: number;
}

/** What a run's workflow returns; the whole record is in the archive and in the query `view`. */
export type RunResult = Pick<RunView, 'runId' | 'state' | 'status' | 'measures'>;

/** Runs a runbook: takes its leases, performs it, undoes it when asked, leaves a complete record. */
export async function runbook(
  plan: { run: RunRequest; unproven?: string },
  options: RunbookOptions,
  body: (kit: Kit) => Promise<void>,
): Promise<RunResult> {
  const { title, leases, patienceMs } = options;
  const run: Run = { ...newRun(plan, title, leases), ...(patienceMs === undefined ? {} : { patienceMs }) };
  handleCommands(run);
  setHandler(beginUpdate, () => begun(run));
  tell(run, 'run', `${run.request.requestedBy} starts "${run.view.title}": ${run.request.reason}`, { by: run.request.requestedBy });
  if (plan.unproven !== undefined) tell(run, 'run', `A person will be asked whether it works: ${plan.unproven}`);
  // Looking needs no lease, and nobody is told before the first look: nothing stands between the trigger and the first act.
  const lease = holdLeases(run, options.direction);
  void announceStart(run);
  await performBody(run, body);
  if (await lease) await releaseLeases(run, options.direction);
  // Also after a cancellation through Temporal itself.
  await CancellationScope.nonCancellable(() => leaveRecord(run));
  const { runId, state, status, measures } = run.view;
  if (state === 'failed' || state === 'blockedByLease') throw ApplicationFailure.nonRetryable(status, run.refusal?.type ?? state);
  return { runId, state, status, measures };
}

async function performBody(run: Run, body: (kit: Kit) => Promise<void>): Promise<void> {
  try {
    await run.body.run(() => body(kitOf(run)));
  } catch (error) {
    if (run.refusal) return;
    if (!run.ending && !isCancellation(error)) throw error;
    const how = run.view.pastPointOfNoReturn ? 'leave' : 'undo';
    run.ending ??= { how, state: 'canceled', reason: 'cancelled through Temporal', by: 'temporal' };
  }
  const { ending } = run;
  if (!ending) return finish(run, run.view.steps.some(isException) ? 'completedWithExceptions' : 'completed', 'is done');
  const undone = ending.how === 'leave' || (await undoEverything(run));
  finish(run, undone ? ending.state : 'compensationFailed', `ended by ${ending.by}: ${ending.reason}`);
}

const isException = ({ state }: StepView): boolean => ['skipped', 'notMeasured', 'failed'].includes(state);

async function announceStart(run: Run): Promise<void> {
  await condition(() => run.view.steps.some(({ state }) => state !== 'running')).catch(() => undefined);
  if (!run.refusal) announce(run, 'has started.', ['slack', 'statuspage']);
}

async function begun(run: Run): Promise<{ state: RunState; status: string }> {
  await condition(() => run.lease !== 'asked');
  if (run.refusal) throw ApplicationFailure.nonRetryable(run.refusal.message, run.refusal.type, { holder: run.refusal.holder });
  return { state: run.view.state, status: run.view.status };
}

/** Undoes newest first, whatever happens: an undo that fails is recorded and the rest go on. True when all were undone. */
async function undoEverything(run: Run): Promise<boolean> {
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

/** Ends the run in its record, and tells everybody. */
function finish(run: Run, state: RunState, status: string): void {
  Object.assign(run.view, { state, status, endedAt: now() });
  const { word } = runMarks[state];
  tell(run, 'run', `${run.view.title} ${status} (${word})`);
  if (state === 'handedOver') announce(run, `${status}.`, ['slack']);
  else announce(run, `${status} (${word}).`, ['slack', 'pagerduty', 'statuspage'], 'resolved');
}

/** The evidence pack is written even when the run was refused, failed or was aborted. */
async function leaveRecord(run: Run): Promise<void> {
  await settleMessages(run);
  await condition(allHandlersFinished);
  await new RunScope(run, false)
    .run(() => records.archiveRun({ view: run.view }))
    .catch((error: unknown) => {
      tell(run, 'run', `The report could not be written: ${error instanceof Error ? error.message : String(error)}`);
    });
  await incidentHasHeard(run);
}
