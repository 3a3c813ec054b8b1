import { randomUUID } from 'node:crypto';
import { confirm, isCancel, select } from '@clack/prompts';
import type { WorkflowHandle } from '@temporalio/client';
import { refusalFrom } from '../../runs/problem.ts';
import type { GateView, Person, RunView } from '../../workflows/messages.ts';
import { Interrupted } from '../exit.ts';
import type { LiveView } from '../view/live.ts';
import { renderQuestion } from '../view/render-gate.ts';
import { wantsColor, widthOf } from '../view/words.ts';

/** Who answers what the run asks. */
export type Decide = (view: RunView, handle: WorkflowHandle) => Promise<void>;

/** Everybody answers elsewhere: on the command line, the API or the page. */
export const elsewhere: Decide = () => Promise.resolve();

/** People of the tape approve every gate at once; a step that failed ends the run. */
export function scripted(people: readonly Person[]): Decide {
  return once(async (view, gate, handle) => {
    if (gate === undefined) return tell(handle, 'abort', { by: responderOf(people), reason: `nobody is there to help: ${view.status}` });
    for (const { subject } of entitled(people, view, gate).slice(0, gate.quorum)) await decide(handle, subject, gate, 'approve');
  });
}

/** The person at the terminal is one of those who may decide; colleagues make up the number. */
export function atTerminal(people: readonly Person[], live: LiveView, signal: AbortSignal): Decide {
  return once(async (view, gate, handle) => {
    live.hide();
    if (gate === undefined) return helpAtTerminal(people, view, handle, signal);
    process.stdout.write(
      `${renderQuestion(view, gate, { now: Date.now(), width: widthOf(process.stdout), color: wantsColor(process.stdout) })}\n`,
    );
    const [you, ...others] = entitled(people, view, gate);
    const message = `TAPE. You are ${you?.name ?? 'nobody who may decide'}. Approve?`;
    const answer = await confirm({ message, active: 'approve', inactive: 'decline', signal });
    if (isCancel(answer)) throw new Interrupted('the tape was ended at the gate; nothing was decided');
    if (you === undefined) return;
    await decide(handle, you.subject, gate, answer ? 'approve' : 'decline');
    if (answer) for (const { subject } of others.slice(0, gate.quorum - 1)) await decide(handle, subject, gate, 'approve');
  });
}

async function helpAtTerminal(people: readonly Person[], view: RunView, handle: WorkflowHandle, signal: AbortSignal): Promise<void> {
  const options = [
    { value: 'retryStep', label: 'try it again' },
    ...(view.verbs.includes('skipStep') ? [{ value: 'skipStep', label: 'leave it out' }] : []),
    { value: 'abort', label: 'end the run' },
  ];
  const verb = await select({ message: `TAPE. ${view.status}. What now?`, options, signal });
  if (isCancel(verb)) throw new Interrupted('the tape was ended at a step that failed');
  await tell(handle, String(verb), { by: responderOf(people), reason: 'decided at the terminal' });
}

type Answer = (view: RunView, gate: GateView | undefined, handle: WorkflowHandle) => Promise<void>;

/** Each set of facts, and each failure, is answered once. */
function once(answer: Answer): Decide {
  const answered = new Set<string>();
  const isNew = (key: string) => !answered.has(key) && answered.add(key) !== undefined;
  return async (view, handle) => {
    for (const gate of view.gates.filter(({ state }) => state === 'open'))
      if (isNew(`${gate.id} ${gate.digest}`)) await answer(view, gate, handle);
    const stuck = view.steps.find(({ state }) => state === 'failed');
    if (view.state === 'pausedByFailedStep' && stuck && isNew(`${stuck.id} ${stuck.tries}`)) await answer(view, undefined, handle);
  };
}

function entitled(people: readonly Person[], view: RunView, gate: GateView): Person[] {
  const duties = [gate.of, ...gate.escalations.map(({ to }) => to)];
  return people.filter(
    ({ subject, roles, duties: has }) =>
      subject !== view.requestedBy && (roles.includes('approver') || roles.includes('admin')) && has.some((duty) => duties.includes(duty)),
  );
}

const responderOf = (people: readonly Person[]): string =>
  people.find(({ roles }) => roles.includes('responder') || roles.includes('admin'))?.subject ?? 'nobody';

const decide = (handle: WorkflowHandle, by: string, { id, digest }: GateView, verb: 'approve' | 'decline'): Promise<void> =>
  tell(handle, verb, { by, gate: id, digest, comment: 'tape' });

/** A refusal says that the run has moved on; the next view shows where it is. */
async function tell(handle: WorkflowHandle, verb: string, command: object): Promise<void> {
  try {
    await handle.executeUpdate(verb, { args: [{ ...command, id: randomUUID(), channel: 'cli' }] });
  } catch (error) {
    if (!refusalFrom(error)) throw error;
  }
}
