import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import type { Mode, RunView } from '../../workflows/messages.ts';
import { findPlaces, type GlobalOptions } from '../connect.ts';
import { CliError, exitCodes } from '../exit.ts';
import { followRun } from '../follow.ts';
import { example, globals, print, withRuns } from '../output.ts';
import { homeFolder } from '../session.ts';
import { sayStarted } from './start.ts';

interface DrillOptions {
  mode: Mode;
  reason: string;
  unattended?: boolean;
}

/** `muster drill`: an exercise of the calendar, now. */
export function registerDrill(program: Command): void {
  program
    .command('drill <name>')
    .description('practise: break something on purpose, mend it with the real runbook, bring everything back, score it')
    .addOption(
      new Option('-m, --mode <mode>', 'simulate breaks and changes nothing and predicts').choices(['live', 'simulate']).default('live'),
    )
    .option('-r, --reason <text>', 'why now, for the record', 'practice')
    .option('--unattended', 'practice colleagues decide everything; on the practice range only, and always so when none runs yet')
    .addHelpText(
      'after',
      [
        example('muster drill region-failover', 'muster drill full --unattended', 'muster drill region-failover --mode simulate'),
        '\nWithout a running Muster it brings up a practice range of its own for as long as the exercise takes.',
        '`muster drills` lists the exercises of an environment.',
      ].join('\n'),
    )
    .action(async (name: string, options: DrillOptions, command: Command) => {
      const output = globals(command);
      const places = findPlaces(output);
      if (places.api === undefined) return onOwnRange(name, options, output);
      if (!options.unattended) return attended(name, options, command);
      const { session } = places;
      if (!session?.tokens || !session.range)
        throw new CliError('--unattended: only the practice range has colleagues who decide by themselves', exitCodes.usage);
      return finish(
        output,
        await unattended(name, options, { api: session.api, tokens: session.tokens }, output, new AbortController().signal),
      );
    });
}

async function attended(name: string, { mode, reason }: DrillOptions, command: Command): Promise<void> {
  await withRuns(command, async (runs, { output }) => {
    const started = await runs.start({ runbook: 'drill', input: { name }, mode, reason }, randomUUID());
    if (output === 'table')
      print({ output }, started, () => `${sayStarted(started)}; decide with muster approve RUN, also for the runs that it starts`);
    const exitCode = await followRun(runs, started.runId, { output });
    const { renderScore } = await import('../drill/render-score.ts');
    if (output === 'table') process.stdout.write(`\n${renderScore(await runs.view(started.runId))}\n`);
    process.exitCode = exitCode;
  });
}

interface Practice {
  api: string;
  tokens: Record<string, string>;
}

async function unattended(
  name: string,
  { mode, reason }: DrillOptions,
  { api, tokens }: Practice,
  { output }: GlobalOptions,
  asked: AbortSignal,
): Promise<RunView> {
  const [{ createApiClient }, { attend }, { renderEntry }, { wantsColor }] = await Promise.all([
    import('../api-client.ts'),
    import('../drill/attend.ts'),
    import('../view/live.ts'),
    import('../view/words.ts'),
  ]);
  const as = (subject: string) => createApiClient({ url: api, token: tokens[subject] });
  const { runId } = await as('sam').start({ runbook: 'drill', input: { name }, mode, reason }, randomUUID());
  const view = await attend(runId, {
    ...{ as, asked },
    hear: (line, { parent }) => {
      if (output === 'table')
        process.stdout.write(`${parent === undefined ? '' : '    '}${renderEntry(line, wantsColor(process.stdout))}\n`);
    },
  });
  return view;
}

async function finish(output: GlobalOptions, view: RunView): Promise<void> {
  const { exitCodeOf } = await import('../follow.ts');
  const { renderScore, scoreOfRun } = await import('../drill/render-score.ts');
  const { runId, state, status } = view;
  print(output, { runId, state, status, ...scoreOfRun(view) }, () => `\n${renderScore(view)}`);
  process.exitCode = exitCodeOf(state);
}

async function onOwnRange(name: string, options: DrillOptions, output: GlobalOptions): Promise<void> {
  const { withStack } = await import('../stay-up.ts');
  const { archivedReport } = await import('../demo/summary.ts');
  const { rangeControl } = await import('../range-control.ts');
  const { steadyCustomers } = await import('../demo/play.ts');
  const home = join(homeFolder(), `drill-${Date.now().toString(36)}-${process.pid}`);
  const say = (line: string) => void (output.output === 'table' && process.stdout.write(`${line}\n`));
  say('Bringing up a practice range of its own: two regions, a shop, customers');
  const archive = join(homeFolder(), 'archive');
  const log = (line: string) => say(`  ✔ ${line}`);
  let clean = false;
  try {
    await withStack({ home, range: true, ephemeral: true, archive, log }, async ({ addresses, tokens }, asked) => {
      await steadyCustomers(rangeControl(addresses.control!), asked);
      const view = await unattended(name, options, { api: addresses.api, tokens }, output, asked);
      await finish(output, view);
      const report = await archivedReport(archive, view.runId);
      say(`Report    ${report.replace(/json$/, 'html')}\nCheck it  ./muster verify ${report}`);
    });
    clean = true;
  } finally {
    if (clean) await rm(home, { recursive: true, force: true });
    else say(`The logs are in ${join(home, 'logs')}`);
  }
}
