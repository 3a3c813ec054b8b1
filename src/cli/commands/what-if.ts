import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Changes } from '../../tapes/change.ts';
import { CliError, exitCodes } from '../exit.ts';
import { readWhole } from '../numbers.ts';
import { example, globals, print } from '../output.ts';
import { readTapeFile } from '../tape/files.ts';
import { readDuration } from './watch.ts';

interface WhatIfOptions {
  lag?: string;
  decision?: string;
  throttle: string[];
  answer: string[];
  approve?: string;
  file?: string;
}

const collect = (value: string, all: string[]) => [...all, value];

/** `muster what-if`: the same run with one answer changed, in seconds. */
export function registerWhatIf(program: Command): void {
  program
    .command('what-if <tape>')
    .description('play a tape with something changed, its recorded people and the time skipped: what would have come of it?')
    .option('--lag <duration>', 'the standby lags so far behind, e.g. 40s')
    .option('--decision <duration>', 'every decision takes so long, e.g. 20m')
    .option('--throttle <service[:times]>', 'a service refuses its first calls, three unless said, e.g. route53:5', collect, [])
    .option('--answer <activity.path=json>', 'one field of all answers of an activity, e.g. readCapacity.max=2', collect, [])
    .option('--approve <duration>', 'where the tape has no decision, whoever may approves after so long; else it ends there')
    .option('-f, --file <file>', 'also keep the changed tape, so that people can play it')
    .addHelpText(
      'after',
      example(
        'muster what-if east-lost.tape.json --lag 40s',
        'muster what-if east-lost.tape.json --decision 20m --throttle route53',
        'muster what-if east-lost.tape.json --lag 40s --approve 2m     what would it have cost?',
        'muster what-if east-lost.tape.json --answer replicationState.reachable=false',
      ) + '\n\nNothing is touched. Exits 0 at the end of the run, 4 when it waits for people.',
    )
    .action(async (file: string, options: WhatIfOptions, command: Command) => {
      const changes = changesOf(options);
      const approveAfterMs = options.approve === undefined ? undefined : readDuration('--approve', options.approve);
      const recorded = await readTapeFile(file);
      const [{ changed }, { whatIf }, { compareOutcomes }, { renderWhatIf }, { quietRuntime }] = await Promise.all([
        import('../../tapes/change.ts'),
        import('../../tapes/what-if.ts'),
        import('../../tapes/compare.ts'),
        import('../tape/render.ts'),
        import('../../config/worker-logger.ts'),
      ]);
      const tape = inWords(() => changed(recorded, changes));
      if (options.file !== undefined) await writeFile(options.file, `${JSON.stringify(tape, undefined, 1)}\n`);
      quietRuntime();
      const began = Date.now();
      const result = await whatIf(tape, approveAfterMs === undefined ? {} : { approveAfterMs });
      const comparison = compareOutcomes(recorded.runs[0]!.outcome, result.outcome);
      const tookMs = Date.now() - began;
      const { stopped = null, outcome } = result;
      print(globals(command), { edits: tape.edits, stopped, ...comparison, measures: outcome.measures, tookMs }, () =>
        renderWhatIf(tape, result, comparison, tookMs),
      );
      if (stopped !== null) process.exitCode = exitCodes.waits;
    });
}

function changesOf({ lag, decision, throttle, answer }: WhatIfOptions): Changes {
  return {
    ...(lag === undefined ? {} : { lagMs: readDuration('--lag', lag) }),
    ...(decision === undefined ? {} : { decisionMs: readDuration('--decision', decision) }),
    throttle: throttle.map((text) => {
      const [uses = '', times = '3'] = text.split(':');
      return { uses, times: readWhole('--throttle', times, 1, 1_000) };
    }),
    answers: answer.map(readAnswer),
  };
}

function readAnswer(text: string) {
  const [, activity, path, json] = /^(\w+)\.([^=]+)=(.*)$/s.exec(text) ?? [];
  if (activity === undefined) throw new CliError(`--answer ${text}: write activity.path=json`, exitCodes.usage);
  try {
    return { activity, path: path!.split('.'), value: JSON.parse(json!) as unknown };
  } catch {
    throw new CliError(`--answer ${text}: ${json} is no JSON; a text needs its quotes`, exitCodes.usage);
  }
}

function inWords<T>(change: () => T): T {
  try {
    return change();
  } catch (error) {
    throw new CliError((error as Error).message, exitCodes.usage);
  }
}
