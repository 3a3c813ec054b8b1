import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { findPlaces } from '../connect.ts';
import { CliError, exitCodes } from '../exit.ts';
import { example, globals, withRuns } from '../output.ts';
import type { ReportFormat } from '../runs-client.ts';

/** `muster report`: what a run has left in the archive. */
export function registerReport(program: Command): void {
  program
    .command('report <run>')
    .description('print the report of a run that has ended')
    .addOption(new Option('-f, --format <format>', 'which form').choices(['md', 'html', 'json']).default('md'))
    .option('--open', "print only the path of the report's file on this machine, to open it")
    .addHelpText('after', example('muster report fail-over-region-shop-1f3a', 'xdg-open "$(muster report RUN --format html --open)"'))
    .action(async (runId: string, { format, open }: { format: ReportFormat; open?: boolean }, command: Command) => {
      if (open) return void process.stdout.write(`${reportFile(findPlaces(globals(command)).archive, runId, format)}\n`);
      await withRuns(command, async (runs) => void process.stdout.write(`${(await runs.report(runId, format)).trimEnd()}\n`));
    });
}

/** Where a report lies in the archive on this machine. Throws when it is not there. */
export function reportFile(archive: string, runId: string, format: ReportFormat): string {
  const file = join(archive, runId, `report.${format}`);
  if (!/^[\w.-]+$/.test(runId) || !existsSync(file))
    throw new CliError(`there is no report of ${runId} under ${archive}`, exitCodes.refused);
  return file;
}
