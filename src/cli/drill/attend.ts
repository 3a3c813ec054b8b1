import { setTimeout as delay } from 'node:timers/promises';
import { finalStates, type GateView, type RunView, type TimelineEntry } from '../../workflows/messages.ts';
import { decideAs } from '../demo/deciders.ts';
import { Interrupted } from '../exit.ts';
import type { RunsClient } from '../runs-client.ts';

export interface Attendance {
  /** The way to runs as one of the practice range's people. */
  as: (subject: string) => RunsClient;
  asked: AbortSignal;
  /** Hears of every line of the exercise and of the runs that it started, once. */
  hear: (line: TimelineEntry, view: RunView) => void;
}

/** Two practice colleagues, and one who sees to what fails: nobody can mend it, so it is left out. */
const approvers = ['ana', 'ben'];
const responder = 'sam';
const everyMs = 300;
/** What brought a bad release would bring it again. */
const declined = /^Let deliveries/;

/** Attends an exercise without a person: decides what it and its runs ask, until it ends. Throws Interrupted when it is asked to end before. */
export async function attend(runId: string, { as, asked, hear }: Attendance): Promise<RunView> {
  const heard = new Map<string, number>();
  const answered = new Set<string>();

  async function see(id: string): Promise<RunView | undefined> {
    const view = await as(responder)
      .view(id)
      // A run that was asked for a moment ago may not be there yet.
      .catch((error: unknown) => (id === runId ? Promise.reject(error as Error) : undefined));
    if (!view) return undefined;
    for (const line of view.timeline.slice(heard.get(id) ?? 0)) hear(line, view);
    heard.set(id, view.timeline.length);
    for (const { child, state } of view.steps) if (child !== undefined && (state === 'running' || !heard.has(child))) await see(child);
    if (view.state === 'pausedByFailedStep') await giveUp(as(responder), view, id === runId);
    for (const gate of view.gates.filter(({ state }) => state === 'open')) await decide(view, gate);
    return view;
  }

  async function decide(view: RunView, gate: GateView): Promise<void> {
    const question = `${view.runId} ${gate.id} ${gate.digest}`;
    if (answered.has(question)) return;
    answered.add(question);
    const decision = declined.test(gate.question) ? 'decline' : 'approve';
    for (const subject of approvers) await decideAs(as(subject), view, gate, decision);
  }

  for (;;) {
    const view = (await see(runId))!;
    if (finalStates.includes(view.state)) return view;
    if (asked.aborted) throw new Interrupted('the exercise was left; it goes on by itself');
    await delay(everyMs);
  }
}

async function giveUp(runs: RunsClient, { runId, verbs, status }: RunView, isExercise: boolean): Promise<void> {
  const reason = 'nobody is there to mend it';
  try {
    if (isExercise && verbs.includes('skipStep')) await runs.command(runId, 'skipStep', { reason }, `${runId} ${status}`);
    else await runs.command(runId, 'abort', { how: verbs.includes('undo') ? 'undo' : 'leave', reason }, `${runId} abort`);
  } catch (error) {
    // It may have gone on meanwhile; the next look tells.
    if (!(error instanceof Error)) throw error;
  }
}
