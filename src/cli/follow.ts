import { finalStates, type RunState, type RunView } from '../workflows/messages.ts';
import type { GlobalOptions } from './connect.ts';
import { exitCodes, type ExitCode } from './exit.ts';
import type { RunsClient } from './runs-client.ts';
import { liveView } from './view/live.ts';

export interface FollowOptions extends Pick<GlobalOptions, 'output'> {
  /** Stop watching after this; the run goes on. Milliseconds. */
  timeoutMs?: number;
}

/** Shows a run until it ends; gives the exit code that its end means, or 4 when the time ran out before. With `json`, one view a line. */
export async function followRun(runs: RunsClient, runId: string, { output, timeoutMs }: FollowOptions): Promise<ExitCode> {
  const signal = timeoutMs === undefined ? new AbortController().signal : AbortSignal.timeout(timeoutMs);
  const live = output === 'json' ? undefined : liveView();
  let last: RunView | undefined;
  try {
    for await (const view of runs.follow(runId, signal)) {
      last = view;
      if (live) live.show(view);
      else process.stdout.write(`${JSON.stringify(view)}\n`);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    live?.end();
  }
  return last ? exitCodeOf(last.state) : exitCodes.waits;
}

/** 0 when the run reached what it was for, 4 while it still goes on. */
export function exitCodeOf(state: RunState): ExitCode {
  if (state === 'completed' || state === 'completedWithExceptions') return exitCodes.ok;
  if (state === 'handedOver') return exitCodes.waits;
  if (state === 'blockedByLease') return exitCodes.refused;
  return finalStates.includes(state) ? exitCodes.failed : exitCodes.waits;
}
