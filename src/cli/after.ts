import { setTimeout as delay } from 'node:timers/promises';
import { runMarks } from '../words/states.ts';
import { safeLine } from '../words/safe.ts';
import { finalStates, type RunView, type Verb } from '../workflows/messages.ts';
import type { Commanded, RunsClient } from './runs-client.ts';
import { nameOfMe, type Me } from './who.ts';

const patienceMs = 3_000;
const lookEveryMs = 100;

/** What a command came to: who gave it, and the run once it has moved on. Both are missing when nobody could tell. */
export interface Effect {
  me: Me | undefined;
  view: RunView | undefined;
}

/** Waits briefly until a run has moved on after a command: what it answers at once is where it stood before. */
export async function effectOf(runs: RunsClient, runId: string, verb: Verb, { applied }: Commanded): Promise<Effect> {
  // What was asked is done; that nobody says how it stands must not look as if it were not.
  const me = runs.me().catch(() => undefined);
  let view: RunView | undefined;
  for (const until = Date.now() + patienceMs; applied && Date.now() < until; await delay(lookEveryMs)) {
    view = await runs.view(runId).catch(() => undefined);
    if (!view || hasMovedOn(view, verb)) break;
  }
  return { me: await me, view };
}

function hasMovedOn({ state, gates, verbs }: RunView, verb: Verb): boolean {
  if (finalStates.includes(state) || state === 'compensating' || verb === 'note') return true;
  if (verb === 'approve' || verb === 'decline') return state !== 'pendingApproval' || gates.some((gate) => gate.state === 'open');
  if (verb === 'pause') return verbs.includes('resume');
  if (verb === 'resume') return !verbs.includes('resume');
  return (verb === 'retryStep' || verb === 'skipStep') && state !== 'pausedByFailedStep';
}

const told: Record<Verb, string> = {
  approve: 'Approved',
  decline: 'Declined',
  pause: 'Told to pause',
  resume: 'Told to go on',
  retryStep: 'Told to try again',
  skipStep: 'Told to skip the step',
  undo: 'Told to undo',
  abort: 'Told to end',
  note: 'Noted',
};

/** What was done as whom, and how the run stands now. */
export function saidOf(runId: string, verb: Verb, commanded: Commanded, { me, view }: Effect): string {
  if (!commanded.applied) return 'Recorded, not yet applied: no worker has answered.';
  const who = me === undefined ? '' : ` as ${nameOfMe(me)}`;
  const now = view ?? commanded.answer;
  const standing = now === undefined ? '' : ` ${runId}: ${runMarks[now.state].word}, ${safeLine(now.status)}`;
  const waits = view?.waitingFor && view.state !== 'pausedByFailedStep' ? `; waits for ${safeLine(view.waitingFor.who)}` : '';
  return `${told[verb]}${who}.${standing}${waits}`;
}
