import { allHandlersFinished, ApplicationFailure, CancellationScope, condition, isCancellation, setHandler } from '@temporalio/workflow';
import type { RunRequest, RunState, RunView } from '../messages.ts';
import { records } from '../tools.ts';
import { beginUpdate, handleCommands } from './commands.ts';
import { announce, settleMessages } from './comms.ts';
import { holdLeases, releaseLeases, type Direction } from './hold-leases.ts';
import { kitOf, type Kit } from './kit.ts';
import { newRun } from './new-run.ts';
import { now, type Run } from './run.ts';
import { RunScope } from './scope.ts';
import { tell } from './timeline.ts';
import { undoEverything } from './undo.ts';

export interface RunbookOptions {
  title: string;
  /** Resources that no other run may change meanwhile. */
  leases: readonly string[];
  /** Way of a failover; the opposite way is refused for the cool-down. */
  direction?: Direction;
}

/** What a run's workflow returns; the whole record is in the archive and in the query `view`. */
export type RunResult = Pick<RunView, 'runId' | 'state' | 'status' | 'measures'>;

/** Runs a runbook: takes its leases, performs it, undoes it when asked, leaves a complete record. */
export async function runbook(plan: { run: RunRequest }, options: RunbookOptions, body: (kit: Kit) => Promise<void>): Promise<RunResult> {
  const run = newRun(plan, options.title, options.leases);
  handleCommands(run);
  setHandler(beginUpdate, () => begun(run));
  tell(run, 'run', `${run.request.requestedBy} starts "${options.title}": ${run.request.reason}`, { by: run.request.requestedBy });
  if (await holdLeases(run, options.direction)) {
    announce(run, 'has started.', ['slack', 'statuspage']);
    await performBody(run, body);
    await releaseLeases(run, options.direction);
  }
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
    if (!run.ending && !isCancellation(error)) throw error;
    const how = run.view.pastPointOfNoReturn ? 'leave' : 'undo';
    run.ending ??= { how, state: 'canceled', reason: 'cancelled through Temporal', by: 'temporal' };
  }
  const { ending } = run;
  if (!ending)
    return finish(run, run.view.steps.some(({ state }) => state === 'skipped') ? 'completedWithExceptions' : 'completed', 'is done');
  const undone = ending.how === 'leave' || (await undoEverything(run));
  finish(run, undone ? ending.state : 'compensationFailed', `ended by ${ending.by}: ${ending.reason}`);
}

async function begun(run: Run): Promise<{ state: RunState; status: string }> {
  await condition(() => run.lease !== 'asked');
  if (run.refusal) throw ApplicationFailure.nonRetryable(run.refusal.message, run.refusal.type, { holder: run.refusal.holder });
  return { state: run.view.state, status: run.view.status };
}

function finish(run: Run, state: RunState, status: string): void {
  Object.assign(run.view, { state, status, endedAt: now() });
  tell(run, 'run', `${run.view.title} ${status} (${state})`);
  announce(run, `${status} (${state}).`, ['slack', 'pagerduty', 'statuspage'], 'resolved');
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
}
