import { redact } from '../activities/kit/index.ts';
import type { PastRun } from '../runs/past-runs.ts';
import type { RunView } from '../workflows/messages.ts';
import { callsOf, childrenOf, saidIn, valuesOf } from './events.ts';
import { outcomeOf } from './outcome.ts';
import { tapeSchema, type Tape, type TapeRun } from './tape.ts';

/** Deeper than anything that a run knows: a value that was cut could not be played. */
const deep = 64;

/** Finds the history of a run; undefined when there is none any more. */
export type FindRun = (runId: string) => Promise<PastRun | undefined>;

/** Makes a tape of a run that has ended, with the runs that were steps of it, without secrets. Throws a sentence when it cannot be played. */
export async function recordTape(past: PastRun, find: FindRun, madeBy: string): Promise<Tape> {
  const started = past.history.events?.[0]?.workflowExecutionStartedEventAttributes;
  const [plan] = valuesOf(started?.input) as [Tape['plan'] | undefined];
  const mode = plan?.run?.['mode'];
  if (!plan || mode === undefined) throw new Error(`${past.workflowId} is no run of a runbook, so there is nothing to play`);
  if (mode !== 'live') {
    const why = mode === 'tape' ? 'has itself played a tape' : 'was a simulation, which asks nobody and changes nothing';
    throw new Error(`${past.workflowId} ${why}: make a tape of a run that was live`);
  }
  const missing: string[] = [];
  const runs = await runsOf(past, past.workflowId, find, missing);
  const whole = { muster: 'tape', version: 1, madeBy, plan, runs, missing, edits: [], faults: [] };
  return tapeSchema.parse(redact(whole, deep));
}

async function runsOf(past: PastRun, root: string, find: FindRun, missing: string[]): Promise<TapeRun[]> {
  const runs = [runOf(past, root)];
  for (const id of childrenOf(past)) {
    const child = await find(id);
    if (child) runs.push(...(await runsOf(child, root, find, missing)));
    else missing.push(id);
  }
  return runs;
}

function runOf(past: PastRun, root: string): TapeRun {
  const { workflowId } = past;
  const workflow = past.history.events?.[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name ?? 'unknown';
  const suffix = workflowId.startsWith(root) ? workflowId.slice(root.length) : `/${workflowId}`;
  return { workflow, suffix, calls: callsOf(past), said: saidIn(past), outcome: outcomeOf(lastView(past)) };
}

/** A run gives its whole view to the archive when it ends. */
function lastView({ history, workflowId }: PastRun): RunView {
  const asked = (history.events ?? []).findLast(
    ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name === 'archiveRun',
  );
  const [archived] = valuesOf(asked?.activityTaskScheduledEventAttributes?.input) as [{ view: RunView } | undefined];
  if (!archived) throw new Error(`${workflowId} has not ended: a tape is made of a whole run`);
  return archived.view;
}
