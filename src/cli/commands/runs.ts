import type { Command } from 'commander';
import { example, print, table, withRuns } from '../output.ts';
import { CliError, exitCodes } from '../exit.ts';
import { modeWords, runMarks, wordOf } from '../../words/states.ts';

/** `muster runs`: the newest runs. */
export function registerRuns(program: Command): void {
  program
    .command('runs')
    .description('list the newest runs')
    .option('-n, --limit <count>', 'how many', '20')
    .addHelpText('after', example('muster runs -o json | jq -r .[0].runId'))
    .action(async (options: { limit: string }, command: Command) => {
      const limit = Number(options.limit);
      if (!Number.isInteger(limit) || limit < 1 || limit > 999)
        throw new CliError(`--limit ${options.limit}: say a number from 1 to 999`, exitCodes.usage);
      await withRuns(command, async (runs, { output }) => {
        const found = await runs.list(limit);
        print({ output }, found, () => {
          if (found.length === 0) return 'No runs yet.';
          const rows = found.map(({ runId, runbook, mode, state, unconfirmed, startedAt, endedAt }) => [
            runId,
            runbook,
            modeWords[mode],
            unconfirmed ? `${wordOf(runMarks, state)} (perhaps: the run did not answer)` : wordOf(runMarks, state),
            startedAt,
            endedAt ?? '',
          ]);
          return table(['RUN', 'RUNBOOK', 'MODE', 'STATE', 'STARTED', 'ENDED'], rows);
        });
      });
    });
}
