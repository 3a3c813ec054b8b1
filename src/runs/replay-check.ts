import { Worker } from '@temporalio/worker';
import { workflowSource } from '../config/workflow-code.ts';
import type { PastRun } from './past-runs.ts';

/** Whether this build would do again what a run has done. */
export interface ReplayVerdict {
  runId: string;
  /** Name of its workflow, e.g. `failOverRegion`. */
  workflow: string;
  open: boolean | null;
  agrees: boolean;
  /** In which point they part; null when they agree. */
  says: string | null;
}

/**
 * Replays histories with the workflow code of this build, in the order in which they come; nothing is changed anywhere, and no activity runs. An
 * open run with which it does not agree would stand still as soon as a worker of this build took it up.
 */
export async function* replayCheck(
  runs: AsyncIterable<PastRun> | Iterable<PastRun>,
  source?: Awaited<ReturnType<typeof workflowSource>>,
): AsyncGenerator<ReplayVerdict> {
  const asked = new Map<string, Pick<ReplayVerdict, 'workflow' | 'open'>>();
  const histories = async function* () {
    for await (const { workflowId, history, open } of runs) {
      const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
      asked.set(`${workflowId} ${started?.originalExecutionRunId}`, { workflow: started?.workflowType?.name ?? 'unknown', open });
      yield { workflowId, history };
    }
  };
  for await (const { workflowId, runId, error } of Worker.runReplayHistories(source ?? (await workflowSource()), histories())) {
    const { workflow, open } = asked.get(`${workflowId} ${runId}`) ?? { workflow: 'unknown', open: null };
    yield { runId: workflowId, workflow, open, agrees: !error, says: error ? inWords(error) : null };
  }
}

/** What the core says, for somebody who has to act on it. */
function inWords({ message }: Error): string {
  const [said = ''] = (/Nondeterminism error: (.*)/s.exec(message)?.[1] ?? message).split('", source: ');
  const [, past, now] = /type of scheduled event '(.+?)' does not match .*'(.+?)'/.exec(said) ?? [];
  if (past !== undefined && now !== undefined) return `it has done ${past} where this build does ${now}`;
  const [, event, kind] = /HistoryEvent\(id: (\d+), (\w+)\)/.exec(said) ?? [];
  if (event !== undefined) return `its event ${event} (${kind}) does not follow from this build`;
  return said.replace(/\s+/g, ' ').slice(0, 300);
}
