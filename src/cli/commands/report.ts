import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { newestFolders } from '../archive.ts';
import { connectIncidents, findPlaces } from '../connect.ts';
import { CliError, exitCodes } from '../exit.ts';
import { example, globals, withRuns } from '../output.ts';
import { safeText } from '../../words/safe.ts';
import type { ReportFormat } from '../runs-client.ts';
import { whichFolder, whichRun } from '../which.ts';

interface Asked {
  format: ReportFormat;
  open?: boolean;
  month?: string;
}

/** `muster report`: what a run has left in the archive, or what a month of incidents came to. */
export function registerReport(program: Command): void {
  program
    .command('report [run]')
    .description('print the report of a run that has ended, or of a month of incidents')
    .addOption(new Option('-f, --format <format>', 'which form').choices(['md', 'html', 'json']).default('md'))
    .option('--open', "print only the path of the report's file on this machine, to open it")
    .addOption(new Option('--month <month>', 'all incidents of a month instead, e.g. 2026-11').argParser(asMonth).conflicts('open'))
    .addHelpText(
      'after',
      example(
        'muster report latest',
        'xdg-open "$(muster report RUN --format html --open)"',
        'muster report --month 2026-11 --format html > incidents.html',
      ),
    )
    .action(async (runId: string | undefined, asked: Asked, command: Command) => {
      if ((runId === undefined) === (asked.month === undefined)) throw new CliError('say either a run or --month', exitCodes.usage);
      if (runId === undefined) return printMonth(command, asked.month!, asked.format);
      const { format, open } = asked;
      if (open) return void process.stdout.write(`${reportFile(findPlaces(globals(command)).archive, runId, format)}\n`);
      const { api, archive } = findPlaces(globals(command));
      // What is in the archive of this machine needs nothing that runs.
      if (api === undefined && !globals(command).direct) return show(readFileSync(reportFile(archive, runId, format), 'utf8'));
      await withRuns(command, async (runs) => show(await runs.report(await whichRun(runs, runId), format)));
    });
}

/** A file keeps every sign; a terminal would obey some. */
function show(text: string): void {
  const whole = text.trimEnd();
  process.stdout.write(`${process.stdout.isTTY ? safeText(whole, Infinity) : whole}\n`);
}

async function printMonth(command: Command, asked: string, format: ReportFormat): Promise<void> {
  const incidents = await connectIncidents(globals(command));
  try {
    const month = await incidents.month(asked);
    const { monthHtml, monthMarkdown } = await import('../../report/month.ts');
    const forms = { md: monthMarkdown, html: monthHtml, json: (value: object) => JSON.stringify(value, undefined, 2) };
    process.stdout.write(`${forms[format](month).trimEnd()}\n`);
  } finally {
    await incidents.close();
  }
}

function asMonth(text: string): string {
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) return text;
  throw new InvalidArgumentError('Write the month as YYYY-MM.');
}

/** Where a report lies in the archive on this machine. Throws when it is not there. */
export function reportFile(archive: string, runId: string, format: ReportFormat): string {
  const folder = whichFolder(existsSync(archive) ? newestFolders(archive) : [], runId);
  const file = join(archive, folder ?? '', `report.${format}`);
  if (folder === undefined || !existsSync(file)) throw new CliError(`there is no report of ${runId} under ${archive}`, exitCodes.refused);
  return file;
}
