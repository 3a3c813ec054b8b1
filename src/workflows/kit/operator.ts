import type { CommandOf, StepCommand, Verb } from '../messages.ts';
import { gateOf, stuckOf } from './operator-checks.ts';
import { now, type Run } from './run.ts';
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
