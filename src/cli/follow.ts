import { finalStates, type RunState, type RunView } from '../workflows/messages.ts';
import type { GlobalOptions } from './connect.ts';
import { exitCodes, type ExitCode } from './exit.ts';
import { needsPerson } from './needs.ts';
import type { RunsClient } from './runs-client.ts';
import { liveView } from './view/live.ts';

export interface FollowOptions extends Pick<GlobalOptions, 'output'> {
  /** Stop watching after this; the run goes on. Milliseconds. */
  timeoutMs?: number | undefined;
  /** Stop watching as soon as it waits for a person. */
  exitWhenWaiting?: boolean | undefined;
}

/** Shows each view of something, live or as one line of JSON each, until there are no more, one is the last, or the signal aborts; gives the last one. */
export async function showEach<View>(
  views: AsyncIterable<View>,
  signal: AbortSignal,
  live: { show(view: View): void; end(): void } | undefined,
  isLast: (view: View) => boolean = () => false,
): Promise<View | undefined> {
  let last: View | undefined;
  try {
    for await (const view of views) {
      last = view;
      if (live) live.show(view);
      else process.stdout.write(`${JSON.stringify(view)}\n`);
      if (isLast(view)) break;
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

/** Shows a run until it ends; gives the exit code that its end means, 4 when the time ran out before, 5 when it waits and that was asked for. With `json`, one view a line. */
export async function followRun(runs: RunsClient, runId: string, options: FollowOptions): Promise<ExitCode> {
  const { output, timeoutMs, exitWhenWaiting = false } = options;
  const signal = signalAfter(timeoutMs);
  const left = leavingSays(`The run goes on. Watch it again: muster watch ${runId}`);
  try {
    const isLast = (view: RunView) => exitWhenWaiting && !finalStates.includes(view.state) && needsPerson(view);
    const last = await showEach<RunView>(runs.follow(runId, signal), signal, output === 'json' ? undefined : liveView(), isLast);
    if (last && isLast(last)) return exitCodes.waitsForPerson;
    return last ? exitCodeOf(last.state) : exitCodes.waits;
  } finally {
    left();
  }
}

/** Somebody who leaves with Ctrl-C is told that nothing has ended; gives what takes that back. */
function leavingSays(words: string): () => void {
  const say = () => {
    process.stderr.write(`\n${words}\n`);
    process.exit(130);
  };
  process.once('SIGINT', say);
  return () => void process.removeListener('SIGINT', say);
}

/** 0 when the run reached what it was for, 4 while it still goes on. */
export function exitCodeOf(state: RunState): ExitCode {
  if (state === 'completed' || state === 'completedWithExceptions') return exitCodes.ok;
  if (state === 'handedOver') return exitCodes.waits;
  if (state === 'blockedByLease') return exitCodes.refused;
  return finalStates.includes(state) ? exitCodes.failed : exitCodes.waits;
}
