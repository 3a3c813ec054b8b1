import { verbPaths, type RunState, type RunView, type Verb } from '../workflows/messages.ts';
import { safeLine } from '../words/safe.ts';

const waiting: readonly RunState[] = ['pendingApproval', 'pausedByFailedStep', 'pausedByOperator'];

/** Whether a run goes on only when a person says something, to it or to a run that it has started. */
export const needsPerson = ({ state, waitingFor }: RunView): boolean => waiting.includes(state) || waitingFor !== undefined;

const answers: Verb[] = ['approve', 'decline', 'resume', 'retryStep', 'skipStep', 'undo', 'abort'];
const more: Partial<Record<Verb, string>> = { skipStep: ' --reason "…"' };

/** The commands that answer what a run waits for; none while it works. */
export function answersTo(view: RunView): string[] {
  if (!needsPerson(view)) return [];
  const child = view.steps.find(({ child: id, state }) => id !== undefined && state === 'running')?.child;
  const here = waiting.includes(view.state);
  if (!here) return child === undefined ? [] : [`muster show ${child}`];
  const fitting =
    view.state === 'pendingApproval' ? answers.slice(0, 2) : view.state === 'pausedByOperator' ? ['resume' as const] : answers.slice(3);
  return Object.entries(verbPaths)
    .filter(([, verb]) => fitting.includes(verb) && view.verbs.includes(verb))
    .map(([path, verb]) => `muster ${path} ${view.runId}${more[verb] ?? ''}`);
}

/** One line: what a run waits for, for whom, and what answers it; undefined while it works. */
export function waitLine(view: RunView): string | undefined {
  if (!needsPerson(view)) return undefined;
  const { who = 'a responder', what = view.status } = view.waitingFor ?? {};
  const commands = answersTo(view);
  const answer = commands.length === 0 ? '' : `\n  answer with: ${commands.join('\n           or: ')}`;
  return `waits for ${safeLine(who)}: ${safeLine(what)}${answer}`;
}
