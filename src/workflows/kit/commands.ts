import { ApplicationFailure, defineQuery, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
import { Failure } from '../failures.ts';
import { type CommandAnswer, type CommandOf, finalStates, type RunView, type Verb, verbs } from '../messages.ts';
import { hearChildren } from './neighbours.ts';
import { actions, checks, refuse } from './operator.ts';
import { mustCount, proven } from './proof.ts';
import type { Run } from './run.ts';
import { hearStop } from './stop-exercise.ts';
import { refresh, tell } from './timeline.ts';

export const viewQuery = defineQuery<RunView>('view');
/** Answers once the run holds its leases; refused with the holder's name when it does not get them. */
export const beginUpdate = defineUpdate<CommandAnswer>('begin');

const descriptions: Record<Verb, string> = {
  approve: 'Approve an open gate: { gate, digest, by, comment? }',
  decline: 'Decline an open gate: { gate, digest, by, comment? }',
  pause: 'Stop before the next step: { by, reason? }',
  resume: 'Go on after a pause: { by }',
  retryStep: 'Try a failed step again: { by, step? }',
  skipStep: 'Leave a failed step out: { by, reason, step? }',
  undo: 'Undo what was done, newest first, and end: { by, reason? }',
  abort: 'End the run: { by, how: leave | undo, reason? }',
  note: 'Add a note to the record: { by, text }',
};

/** Sets every handler of a run; called before the first await. Updates answer, plain signals with the same payload do the same. */
export function handleCommands(run: Run): void {
  setHandler(viewQuery, () => run.view, { description: 'The whole run as one view' });
  hearChildren(run, () => refresh(run));
  hearStop(run);
  for (const verb of verbs) handle(run, verb);
}

function handle<V extends Verb>(run: Run, verb: V): void {
  const description = descriptions[verb];
  const check = (command: CommandOf[V]) => {
    if (isRepeat(run, command)) return;
    if (typeof command?.by !== 'string') refuse(Failure.InvalidInput, `${verb} must say by whom: ${description}`);
    mustBeOpen(run);
    if (command.proof === undefined) mustCount(run, verb, command, false);
    checks[verb](run, command);
  };
  const act = async (command: CommandOf[V]): Promise<CommandAnswer> => {
    // What is not signed needs no proof, and is carried out at once.
    const said = command.proof === undefined ? { ...command, channel: 'temporal' as const } : await provenAndRight(run, verb, command);
    await actions[verb](run, said);
    return { state: run.view.state, status: run.view.status };
  };
  const carryOut = (command: CommandOf[V]) => {
    const first = command.id === undefined ? undefined : run.commands.get(command.id);
    if (first) return first;
    const answer = act(command);
    if (command.id !== undefined) run.commands.set(command.id, answer);
    return answer;
  };
  setHandler(defineUpdate<CommandAnswer, [CommandOf[V]]>(verb), carryOut, { validator: check, description });
  setHandler(
    defineSignal<[CommandOf[V]]>(verb),
    async (command) => {
      try {
        check(command);
        await carryOut(command);
      } catch (error) {
        if (!(error instanceof ApplicationFailure)) throw error;
        tell(run, 'operator', `Refused ${verb} by ${String(command?.by)}: ${error.message}`);
      }
    },
    { description },
  );
}

function mustBeOpen({ view }: Run): void {
  if (finalStates.includes(view.state)) refuse(Failure.NotNow, `the run has ended: it is ${view.state}`);
}

/** The command as it is proven; checked again, because other things may have happened while that took. */
async function provenAndRight<V extends Verb>(run: Run, verb: V, command: CommandOf[V]): Promise<CommandOf[V]> {
  const said = await proven(run, verb, command);
  mustBeOpen(run);
  if (said.channel === 'temporal') mustCount(run, verb, said, true);
  checks[verb](run, said);
  return said;
}

function isRepeat(run: Run, command: { id?: string } | undefined): boolean {
  return command?.id !== undefined && run.commands.has(command.id);
}
