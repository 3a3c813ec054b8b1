import { randomUUID } from 'node:crypto';
import { Option, type Command } from 'commander';
import type { Verb } from '../../workflows/messages.ts';
import { effectOf, saidOf } from '../after.ts';
import { exitCodes } from '../exit.ts';
import { example, print, withRuns } from '../output.ts';
import type { Said } from '../runs-client.ts';
import { whichRun } from '../which.ts';

/** The verbs that only send a command to a run. */
export function registerSignals(program: Command): void {
  verb(program, 'pause', 'stop before the next step', 'muster pause RUN --reason "waiting for the database team"').action(
    send('pause', reason),
  );
  verb(program, 'resume', 'go on after a pause', 'muster resume RUN').action(send('resume', reason));
  verb(program, 'retry-step', 'try a failed step again', 'muster retry-step RUN')
    .option('--step <id>', 'which, when more than one is paused')
    .action(send('retryStep', step));
  verb(program, 'skip-step', 'go on without a failed step', 'muster skip-step RUN --reason "done by hand"', true)
    .option('--step <id>', 'which, when more than one is paused')
    .action(send('skipStep', (options) => ({ ...step(options), reason: options.reason! })));
  verb(program, 'undo', 'undo what was done, newest first, and end', 'muster undo RUN --reason "the region is back"').action(
    send('undo', reason),
  );
  verb(program, 'abort', 'end the run', 'muster abort RUN --how undo --reason "false alarm"')
    .addOption(new Option('--how <how>', 'leave everything as it is, or undo it').choices(['leave', 'undo']))
    .action(send('abort', (options) => ({ ...reason(options), ...(options.how === undefined ? {} : { how: options.how }) })));
  program
    .command('note <run> <text>')
    .description("write a note into the run's record")
    .addHelpText('after', example('muster note RUN "Customers report slow pages since 10:02"'))
    .action((runId: string, text: string, _options: object, command: Command) => sendCommand(command, runId, 'note', { text }));
}

interface Options {
  reason?: string;
  step?: string;
  how?: 'leave' | 'undo';
}

function verb(program: Command, name: string, description: string, line: string, needsReason = false): Command {
  const option = new Option('-r, --reason <text>', 'why, for the record').makeOptionMandatory(needsReason);
  return program.command(`${name} <run>`).description(description).addOption(option).addHelpText('after', example(line));
}

const reason = (options: Options) => (options.reason === undefined ? {} : { reason: options.reason });
const step = (options: Options) => ({ ...reason(options), ...(options.step === undefined ? {} : { step: options.step }) });

function send<V extends Verb>(name: V, said: (options: Options) => Said<V>) {
  return (runId: string, options: Options, command: Command) => sendCommand(command, runId, name, said(options));
}

async function sendCommand<V extends Verb>(command: Command, run: string, name: V, said: Said<V>): Promise<void> {
  await withRuns(command, async (runs, { output }) => {
    const runId = await whichRun(runs, run);
    const commanded = await runs.command(runId, name, said, randomUUID());
    const effect = await effectOf(runs, runId, name, commanded);
    const { state, status } = effect.view ?? commanded.answer ?? {};
    print({ output }, { runId, applied: commanded.applied, by: effect.me?.subject, state, status }, () =>
      saidOf(runId, name, commanded, effect),
    );
    if (!commanded.applied) process.exitCode = exitCodes.waits;
  });
}
