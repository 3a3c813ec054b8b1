import { finalStates, type RunState, type RunView } from '../workflows/messages.ts';
import type { GlobalOptions } from './connect.ts';
import { exitCodes, type ExitCode } from './exit.ts';
import type { RunsClient } from './runs-client.ts';
import { liveView } from './view/live.ts';

export interface FollowOptions extends Pick<GlobalOptions, 'output'> {
  /** Stop watching after this; the run goes on. Milliseconds. */
  timeoutMs?: number;
}

/** Shows each view of something, live or as one line of JSON each, until there are no more or the signal aborts; gives the last one. */
export async function showEach<View>(
  views: AsyncIterable<View>,
  signal: AbortSignal,
  live: { show(view: View): void; end(): void } | undefined,
): Promise<View | undefined> {
  let last: View | undefined;
  try {
    for await (const view of views) {
      last = view;
      if (live) live.show(view);
      else process.stdout.write(`${JSON.stringify(view)}\n`);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    live?.end();
  }
  return last;
}

/** A signal that aborts after so many ms; without them never. */
export const signalAfter = (ms: number | undefined): AbortSignal =>
  ms === undefined ? new AbortController().signal : AbortSignal.timeout(ms);

/** Shows a run until it ends; gives the exit code that its end means, or 4 when the time ran out before. With `json`, one view a line. */
export async function followRun(runs: RunsClient, runId: string, { output, timeoutMs }: FollowOptions): Promise<ExitCode> {
  const signal = signalAfter(timeoutMs);
  const last = await showEach<RunView>(runs.follow(runId, signal), signal, output === 'json' ? undefined : liveView());
  return last ? exitCodeOf(last.state) : exitCodes.waits;
}

/** 0 when the run reached what it was for, 4 while it still goes on. */
export function exitCodeOf(state: RunState): ExitCode {
  if (state === 'completed' || state === 'completedWithExceptions') return exitCodes.ok;
  if (state === 'handedOver') return exitCodes.waits;
  if (state === 'blockedByLease') return exitCodes.refused;
  return finalStates.includes(state) ? exitCodes.failed : exitCodes.waits;
}
