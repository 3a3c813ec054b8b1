import { Failure } from '../failures.ts';
import type { CommandOf, GateCommand, StepCommand, Verb } from '../messages.ts';
import { personWho, refuse } from './refusals.ts';
import type { OpenGate, Run, StuckStep } from './run.ts';

/** Throws the refusal of a command that does not fit; changes nothing. */
export const checks: { [V in Verb]: (run: Run, command: CommandOf[V]) => void } = {
  approve: (run, command) => gateOf(run, command).check('approve', command),
  decline: (run, command) => gateOf(run, command).check('decline', command),
  pause: (run, { by }) => {
    personWho(run, by, 'responder');
    if (run.paused) refuse(Failure.NotNow, `the run is already paused by ${run.paused.by}`);
  },
  resume: (run, { by }) => {
    personWho(run, by, 'responder');
    if (!run.paused) refuse(Failure.NotNow, 'the run is not paused');
  },
  retryStep: (run, command) => void stuckOf(run, command),
  skipStep: (run, command) => {
    const stuck = stuckOf(run, command);
    if (!stuck.skippable) refuse(Failure.NotNow, `"${stuck.step.title}" cannot be skipped: the run needs what it reads`);
    if (!command.reason?.trim()) refuse(Failure.InvalidInput, 'a skipped step needs a reason');
  },
  undo: (run, { by }) => mayEnd(run, by, true),
  abort: (run, { by, how }) => {
    if (how !== undefined && how !== 'leave' && how !== 'undo') refuse(Failure.InvalidInput, 'how must be leave or undo');
    mayEnd(run, by, how === 'undo');
  },
  note: (run, { by, text }) => {
    personWho(run, by, 'responder');
    if (typeof text !== 'string' || !text.trim()) refuse(Failure.InvalidInput, 'a note needs a text');
  },
};

function mayEnd(run: Run, by: string, undoing: boolean): void {
  personWho(run, by, 'responder');
  if (run.ending) refuse(Failure.NotNow, `the run already ends: ${run.ending.reason}`);
  if (undoing && run.view.pastPointOfNoReturn)
    refuse(Failure.NotNow, 'the point of no return is passed: the way back is a runbook of its own (failback)');
}

/** The open gate of that id; refused when there is none or it is decided. */
export function gateOf(run: Run, { gate }: GateCommand): OpenGate {
  const open = run.gates.get(gate);
  if (open) return open;
  const past = run.view.gates.find(({ id }) => id === gate);
  return past
    ? refuse(Failure.AlreadyDecided, `"${past.question}" is already ${past.state}`)
    : refuse(Failure.UnknownGate, `no gate ${gate}; open: ${[...run.gates.keys()].join(', ') || 'none'}`);
}

/** The failed step that a command is about. */
export function stuckOf(run: Run, { by, step }: StepCommand): StuckStep {
  personWho(run, by, 'responder');
  if (run.stuck.size === 0) refuse(Failure.NotNow, 'no step has failed and waits for help');
  if (step === undefined && run.stuck.size > 1) refuse(Failure.UnknownStep, `say which step: ${[...run.stuck.keys()].join(', ')}`);
  const stuck = step === undefined ? [...run.stuck.values()][0] : run.stuck.get(step);
  return stuck ?? refuse(Failure.UnknownStep, `no failed step ${step}; waiting: ${[...run.stuck.keys()].join(', ')}`);
}
