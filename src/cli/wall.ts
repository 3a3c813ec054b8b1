import { createLogUpdate } from 'log-update';
import { setTimeout as delay } from 'node:timers/promises';
import { duration } from '../words/durations.ts';
import { modeWords, runMarks } from '../words/states.ts';
import { timeOfDay } from '../words/times.ts';
import { finalStates, type RunState, type RunView } from '../workflows/messages.ts';
import { answersTo, needsPerson } from './needs.ts';
import type { RunsClient } from './runs-client.ts';
import { oneLine, painter, wantsColor, widthOf, wrapped } from './view/words.ts';

const everyMs = 2_000;
const most = 100;

export interface WallOptions {
  signal: AbortSignal;
  /** One look only. */
  once?: boolean | undefined;
  json: boolean;
}

/** Shows every open run on one screen, those first that wait for a person, until the signal aborts; without a terminal a line for each change. */
export async function showWall(runs: Pick<RunsClient, 'list' | 'view'>, { signal, once = false, json }: WallOptions): Promise<void> {
  const { stdout } = process;
  const screen = stdout.isTTY && !json && !once ? createLogUpdate(stdout) : undefined;
  const told = new Map<string, string>();
  for (;;) {
    const views = await openRuns(runs);
    if (json) stdout.write(`${JSON.stringify(views)}\n`);
    else if (screen) screen(renderWall(views, { now: Date.now(), width: widthOf(stdout), color: wantsColor(stdout) }));
    else if (once) stdout.write(`${renderWall(views, { now: Date.now(), width: widthOf(stdout), color: wantsColor(stdout) })}\n`);
    else for (const line of changes(views, told)) stdout.write(`${line}\n`);
    if (once) return;
    await delay(everyMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return screen?.done();
  }
}

/** Those that have not ended; one that does not answer is left out of this look. */
async function openRuns(runs: Pick<RunsClient, 'list' | 'view'>): Promise<RunView[]> {
  const listed = await runs.list(most);
  const open = listed.filter(({ state }) => !finalStates.includes(state as RunState));
  const views = await Promise.all(open.map(({ runId }) => runs.view(runId).catch(() => undefined)));
  const found = views.filter((view) => view !== undefined);
  return [...found.filter(needsPerson), ...found.filter((view) => !needsPerson(view))];
}

/** The wall as one picture. */
export function renderWall(views: readonly RunView[], { now, width, color }: { now: number; width: number; color: boolean }): string {
  const paint = painter(color);
  if (views.length === 0) return 'No run is open.';
  return views
    .flatMap((view) => {
      const { icon, word, tone } = runMarks[view.state];
      const mode = view.mode === 'live' ? '' : ` ${modeWords[view.mode]}`;
      const since = duration(now - Date.parse(view.startedAt));
      const [answer] = answersTo(view);
      const who = view.waitingFor === undefined ? '' : `waits for ${oneLine(view.waitingFor.who)}; `;
      return [
        ...wrapped(`${icon} ${word}${mode}: ${oneLine(view.title)} (${since})`, width).map((line) => paint(tone, line)),
        ...wrapped(`${view.runId}: ${oneLine(view.status)}`, width, '    '),
        ...(answer === undefined ? [] : wrapped(`${who}${answer}`, width, '    ').map((line) => paint('yellow', line))),
      ];
    })
    .join('\n');
}

/** A line for each run that stands otherwise than it was told, and for each that is gone. */
function changes(views: readonly RunView[], told: Map<string, string>): string[] {
  const at = timeOfDay(new Date().toISOString());
  const lines: string[] = [];
  for (const view of views) {
    const [answer] = answersTo(view);
    const now = `${runMarks[view.state].word}: ${oneLine(view.status)}${answer === undefined ? '' : ` (${answer})`}`;
    if (told.get(view.runId) !== now) lines.push(`${at} ${view.runId} ${now}`);
    told.set(view.runId, now);
  }
  for (const runId of [...told.keys()].filter((id) => !views.some((view) => view.runId === id))) {
    told.delete(runId);
    lines.push(`${at} ${runId} is no longer open`);
  }
  return lines;
}
