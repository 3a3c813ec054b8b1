import { ApplicationFailure } from '@temporalio/workflow';
import { Failure, type FailureName } from '../failures.ts';
import type { CommandOf, GateCommand, Person, Role, StepCommand, Verb } from '../messages.ts';
import { now, type OpenGate, type Run, type StuckStep } from './run.ts';
import { refresh, tell } from './timeline.ts';

/** Carries a checked command out. */
export const actions: { [V in Verb]: (run: Run, command: CommandOf[V]) => void | Promise<void> } = {
  approve: (run, command) => gateOf(run, command).decide('approve', command),
  decline: (run, command) => gateOf(run, command).decide('decline', command),
  pause: (run, { by, reason }) => {
    run.paused = { by, since: now(), ...(reason === undefined ? {} : { reason }) };
    tell(run, 'operator', `${by} pauses the run${because(reason)}`, { by });
  },
  resume: (run, { by }) => {
    delete run.paused;
    tell(run, 'operator', `${by} resumes the run`, { by });
  },
  retryStep: (run, command) => resolve(run, command, 'retry'),
  skipStep: (run, command) => resolve(run, command, 'skip'),
  undo: (run, { by, reason }) => end(run, 'undo', by, reason),
  abort: (run, { by, how, reason }) => end(run, how ?? 'leave', by, reason),
  note: (run, { by, text }) => tell(run, 'note', text, { by }),
};

function resolve(run: Run, command: StepCommand, resolution: 'retry' | 'skip'): void {
  const stuck = stuckOf(run, command);
  stuck.resolution = resolution;
  if (resolution === 'skip') {
    Object.assign(stuck.step, { state: 'skipped', endedAt: now(), outcome: `skipped by ${command.by}${because(command.reason)}` });
  }
  tell(run, 'operator', `${command.by}: ${resolution} "${stuck.step.title}"${because(command.reason)}`, {
    by: command.by,
    step: stuck.step.id,
  });
}

function end(run: Run, how: 'leave' | 'undo', by: string, reason = 'no reason given'): void {
  run.ending = { how, state: how === 'undo' ? 'compensated' : 'canceled', reason, by };
  tell(run, 'operator', `${by} ${how === 'undo' ? 'undoes and ends' : 'aborts'} the run: ${reason}`, { by });
  run.body.cancel();
  refresh(run);
}

const because = (reason: string | undefined): string => (reason ? `: ${reason}` : '');

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
function gateOf(run: Run, { gate }: GateCommand): OpenGate {
  const open = run.gates.get(gate);
  if (open) return open;
  const past = run.view.gates.find(({ id }) => id === gate);
  return past
    ? refuse(Failure.AlreadyDecided, `"${past.question}" is already ${past.state}`)
    : refuse(Failure.UnknownGate, `no gate ${gate}; open: ${[...run.gates.keys()].join(', ') || 'none'}`);
}

/** The failed step that a command is about. */
function stuckOf(run: Run, { by, step }: StepCommand): StuckStep {
  personWho(run, by, 'responder');
  if (run.stuck.size === 0) refuse(Failure.NotNow, 'no step has failed and waits for help');
  if (step === undefined && run.stuck.size > 1) refuse(Failure.UnknownStep, `say which step: ${[...run.stuck.keys()].join(', ')}`);
  const stuck = step === undefined ? [...run.stuck.values()][0] : run.stuck.get(step);
  return stuck ?? refuse(Failure.UnknownStep, `no failed step ${step}; waiting: ${[...run.stuck.keys()].join(', ')}`);
}

/** Refuses a command: the caller gets the name and the sentence, and the run goes on as if nothing had come. */
export function refuse(name: FailureName, sentence: string): never {
  throw ApplicationFailure.nonRetryable(sentence, name);
}

const ranks: Record<Role, number> = { viewer: 0, responder: 1, approver: 2, admin: 1 };

/** The person of that name with at least that role; an admin is not an approver unless the environment says so. */
export function personWho(run: Run, subject: unknown, role: 'responder' | 'approver'): Person {
  const person = run.people.find((candidate) => candidate.subject === subject);
  if (!person) refuse(Failure.NotEntitled, `${String(subject)} is not known in ${run.request.environment}`);
  if (!person.roles.some((held) => ranks[held] >= ranks[role]))
    refuse(
      Failure.NotEntitled,
      `${person.subject} is ${person.roles.join(', ')}, this takes ${role === 'approver' ? 'an approver' : 'a responder'}`,
    );
  return person;
}
