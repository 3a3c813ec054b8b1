import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  getExternalWorkflowHandle,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Mode } from '../messages.ts';
import { stopExerciseSignal } from '../kit/stop-exercise.ts';

/** What an environment knows of its exercises. */
export interface DrillBook {
  /** No exercise begins while this is set. */
  stopped: { by: string; at: string; reason: string } | null;
  /** The one that is under way. */
  open: { runId: string; name: string; title: string; at: string } | null;
  /** Real incidents that go first, by their numbers. */
  serious: Record<string, string>;
  /** Newest first. */
  past: PastDrill[];
}

/** How an exercise came out; times in ms, null where nothing was measured. */
export interface PastDrill {
  runId: string;
  name: string;
  endedAt: string;
  how: 'passed' | 'failed' | 'stopped';
  mode?: Mode;
  score?: number;
  rtoMs?: number | null;
  rpoMs?: number | null;
  decisionMs?: number | null;
}

export interface EnterDrill {
  runId: string;
  name: string;
  title: string;
  /** Real incidents that are open by the desk's account. */
  serious: string[];
}

/** A real incident that goes before exercises has begun, or is over. */
export interface SeriousIncident {
  number: string;
  /** Its headline; null when it is over. */
  is: string | null;
}

export const enterDrillUpdate = defineUpdate<{ against: string[] }, [EnterDrill]>('enter');
export const closeDrillUpdate = defineUpdate<void, [Omit<PastDrill, 'endedAt'>]>('close');
/** With a null everything may begin again. */
export const stopDrillsUpdate = defineUpdate<void, [{ by: string; reason: string } | null]>('stop');
export const seriousIncidentSignal = defineSignal<[SeriousIncident]>('seriousIncident');
export const drillBookQuery = defineQuery<DrillBook>('book');
export const drillBookId = (environment: string): string => `drill-book/${environment}`;

const mostPast = 500;

/** The book of an environment's exercises: one entity that says whether one may begin, stops it for a real incident, and keeps how all came out. */
export async function drillBook(book: DrillBook = { stopped: null, open: null, serious: {}, past: [] }): Promise<void> {
  const stop = async (because: string) => {
    if (book.open)
      await getExternalWorkflowHandle(book.open.runId)
        .signal(stopExerciseSignal, { because })
        .catch(() => undefined);
  };
  setHandler(drillBookQuery, () => book);
  setHandler(enterDrillUpdate, ({ serious, ...entry }) => {
    const against = standsAgainst(book, serious);
    if (against.length === 0) book.open = { ...entry, at: new Date().toISOString() };
    return { against };
  });
  setHandler(closeDrillUpdate, (ended) => {
    if (book.past.some(({ runId }) => runId === ended.runId)) return;
    if (book.open?.runId === ended.runId) book.open = null;
    book.past = [{ ...ended, endedAt: new Date().toISOString() }, ...book.past].slice(0, mostPast);
  });
  setHandler(stopDrillsUpdate, async (asked) => {
    book.stopped = asked && { ...asked, at: new Date().toISOString() };
    if (asked) await stop(`${asked.by} stopped all exercises: ${asked.reason}`);
  });
  setHandler(seriousIncidentSignal, async ({ number, is }) => {
    if (is === null) delete book.serious[number];
    else if (book.serious[number] === undefined) {
      book.serious[number] = is;
      await stop(`a real incident goes first: ${is}`);
    }
  });
  await condition(() => workflowInfo().continueAsNewSuggested);
  await condition(allHandlersFinished);
  await continueAsNew<typeof drillBook>(book);
}

function standsAgainst({ stopped, serious }: DrillBook, open: readonly string[]): string[] {
  const incidents = new Set([...Object.values(serious), ...open]);
  return [
    ...(stopped ? [`${stopped.by} stopped all exercises at ${stopped.at}: ${stopped.reason}`] : []),
    ...[...incidents].map((is) => `a real incident is open: ${is}`),
  ];
}
