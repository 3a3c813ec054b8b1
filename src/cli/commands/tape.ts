import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { findPlaces } from '../connect.ts';
import { CliError, exitCodes } from '../exit.ts';
import { readWhole } from '../numbers.ts';
import { example, globals, print } from '../output.ts';
import { findHistory, readTapeFile } from '../tape/files.ts';

/** `muster tape`: past runs that answer again, so that people can decide again. */
export function registerTape(program: Command): void {
  const tape = program
    .command('tape')
    .description('make a tape of a past run, and play it: the past answers, people decide anew, nothing is touched')
    .addHelpText('after', example('muster tape make RUN -f east-lost.tape.json', 'muster tape play east-lost.tape.json --speed 20'));
  registerMake(tape);
  registerShow(tape);
  registerPlay(tape);
}

function registerMake(tape: Command): void {
  tape
    .command('make <run>')
    .description('make a tape of a run that was live and has ended: its id, its folder in the archive, or a history.json')
    .option('-f, --file <file>', 'where to; the run’s id with .tape.json unless said')
    .addHelpText(
      'after',
      example('muster tape make fail-over-region-58e4e54560e775a4', 'muster tape make archive/RUN -f east-lost.tape.json'),
    )
    .action(async (what: string, { file }: { file?: string }, command: Command) => {
      const [{ recordTape }, { thisBuild }, { renderTape }] = await Promise.all([
        import('../../tapes/record.ts'),
        import('../../report/build.ts'),
        import('../tape/render.ts'),
      ]);
      const { past, find } = await findHistory(what, findPlaces(globals(command)).archive);
      const made = await recordTape(past, find, thisBuild().version).catch((cause: Error) => {
        throw new CliError(cause.message, exitCodes.refused);
      });
      const to = file ?? `${past.workflowId}.tape.json`;
      await writeFile(to, `${JSON.stringify(made, undefined, 1)}\n`);
      print(globals(command), { file: to, calls: made.runs.flatMap(({ calls }) => calls).length, missing: made.missing }, () =>
        [renderTape(made), '', `Tape      ${to}`].join('\n'),
      );
    });
}

function registerShow(tape: Command): void {
  tape
    .command('show <file>')
    .description('say what is on a tape')
    .addHelpText('after', example('muster tape show east-lost.tape.json'))
    .action(async (file: string, _options: object, command: Command) => {
      const [made, { renderTape }] = await Promise.all([readTapeFile(file), import('../tape/render.ts')]);
      print(globals(command), made, () => renderTape(made));
    });
}

function registerPlay(tape: Command): void {
  tape
    .command('play <file>')
    .description('play a tape; people decide live, with `muster approve`, on the page, or here when nothing runs; scored at the end')
    .option('--speed <number>', 'how many times as fast as it was', '1')
    .option('-y, --yes', 'do not ask: people of the tape approve')
    .addHelpText('after', example('muster tape play east-lost.tape.json', 'muster tape play east-lost.tape.json --speed 20 --yes'))
    .action(async (file: string, options: { speed: string; yes?: boolean }, command: Command) => {
      const speed = readWhole('--speed', options.speed, 1, 1_000);
      const made = await readTapeFile(file);
      const [{ playTape }, { renderScore }, { exitCodeOf }] = await Promise.all([
        import('../tape/play.ts'),
        import('../tape/render.ts'),
        import('../follow.ts'),
      ]);
      const { output } = globals(command);
      const played = await playTape(made, { speed, yes: options.yes ?? false, quiet: output === 'json' }, findPlaces(globals(command)));
      print({ output }, played, () => renderScore(played, played.report));
      process.exitCode = exitCodeOf(played.state);
    });
}
