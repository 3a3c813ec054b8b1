import type { Command } from 'commander';
import type { PastRun } from '../../runs/past-runs.ts';
import type { ReplayVerdict } from '../../runs/replay-check.ts';
import { findPlaces, type Places } from '../connect.ts';
import { CliError, exitCodes } from '../exit.ts';
import { readPast } from '../moments.ts';
import { readWhole } from '../numbers.ts';
import { example, globals, print, table } from '../output.ts';
import { painter, wantsColor } from '../view/words.ts';

interface ReplayOptions {
  closed: string;
  since: string;
  strict?: boolean;
}

const mostClosed = 10_000;

/** `muster replay-check`: would this build go on with the runs that are open, exactly where they are? */
export function registerReplayCheck(program: Command): void {
  program
    .command('replay-check [histories...]')
    .description('look whether this build still agrees with what open and recent runs have done; before it is rolled out')
    .option('--closed <number>', 'how many runs that have ended, the newest first', '50')
    .option('--since <time>', 'none that ended earlier, e.g. 30d', '30d')
    .option('--strict', 'a run that has ended and does not agree fails too')
    .addHelpText(
      'after',
      example(
        'muster replay-check                           every open run, and the 50 newest that have ended',
        'muster replay-check --closed 0                only those that this build would have to go on with',
        'muster replay-check archive/*/history.json    files of the archive, without Temporal',
      ) +
        '\n\nNothing is changed and no activity runs. This is no drill: nobody decides anything. An open run that does not agree ends with 1.',
    )
    .action(async (files: string[], options: ReplayOptions, command: Command) => {
      const { output } = globals(command);
      const verdicts = await check(files, options, findPlaces(globals(command)));
      print({ output }, verdicts, () => said(verdicts));
      if (verdicts.some(({ agrees, open }) => !agrees && (open !== false || options.strict))) process.exitCode = exitCodes.failed;
    });
}

async function check(files: readonly string[], { closed, since }: ReplayOptions, places: Places): Promise<ReplayVerdict[]> {
  const count = readWhole('--closed', closed, 0, mostClosed);
  const after = new Date(readPast('--since', since));
  // What replays takes seconds to load, and no other command needs it.
  const [{ pastRuns, pastRunsIn }, { replayCheck }, { quietRuntime }] = await Promise.all([
    import('../../runs/past-runs.ts'),
    import('../../runs/replay-check.ts'),
    import('../../config/worker-logger.ts'),
  ]);
  const replay = (runs: AsyncIterable<PastRun> | Iterable<PastRun>) => {
    // From here on the process lives until a replay has ended; so not before there is one.
    quietRuntime();
    return told(replayCheck(runs));
  };
  if (files.length > 0) {
    const runs = await pastRunsIn(files).catch((cause: Error) => {
      throw new CliError(cause.message, exitCodes.usage);
    });
    return replay(runs);
  }
  const [{ connectTemporal, resolveTemporal }, { loadEnvironment }] = await Promise.all([
    import('../../config/temporal.ts'),
    import('../../config/environment.ts'),
  ]);
  const { orchestrator } = await loadEnvironment(places.environmentFile);
  const temporal = await connectTemporal(resolveTemporal(places.env));
  try {
    return await replay(pastRuns(temporal.client, { taskQueue: orchestrator.taskQueue, closed: count, since: after }));
  } finally {
    await temporal.close();
  }
}

/** Says on a terminal how far it is: a long history takes its time. */
async function told(verdicts: AsyncIterable<ReplayVerdict>): Promise<ReplayVerdict[]> {
  const { isTTY } = process.stderr;
  const found: ReplayVerdict[] = [];
  if (isTTY) process.stderr.write('reads the workflow code of this build');
  for await (const verdict of verdicts) {
    found.push(verdict);
    if (isTTY) process.stderr.write(`\r\u001b[K${found.length} replayed, now after ${verdict.runId}`);
  }
  if (isTTY) process.stderr.write('\r\u001b[K');
  return found;
}

function said(verdicts: readonly ReplayVerdict[]): string {
  const bad = verdicts.filter(({ agrees }) => !agrees);
  const paint = painter(wantsColor(process.stdout));
  const rows = bad.map(({ runId, workflow, open, says }) => [runId, workflow, sayOpen(open), says ?? '']);
  const agreeing = `${verdicts.length - bad.length} of ${verdicts.length} agree with this build`;
  if (verdicts.length === 0) return 'There is nothing to replay: no run is open, and none has ended lately.';
  if (bad.length === 0) return `${paint('green', '✔')} ${agreeing}, ${verdicts.filter(({ open }) => open).length} of them open.`;
  return [
    table(['RUN', 'WORKFLOW', 'STATE', 'WHERE THEY PART'], rows),
    '',
    `${paint('red', '✖')} ${agreeing}. Change the runbook behind patched(…), or wait until the open ones have ended.`,
  ].join('\n');
}

const sayOpen = (open: boolean | null): string => (open === null ? '?' : open ? 'open' : 'ended');
