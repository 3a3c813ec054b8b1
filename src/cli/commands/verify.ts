import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { CliError, exitCodes } from '../exit.ts';
import { example, globals, print } from '../output.ts';

/** `muster verify`: is a report as it was written? Needs nothing but the file. */
export function registerVerify(program: Command): void {
  program
    .command('verify <file>')
    .description("check a report's chain of hashes, offline")
    .addHelpText('after', example('muster verify .muster/archive/fail-over-region-shop-1f3a/report.json'))
    .action(async (path: string, _options: object, command: Command) => {
      const file = reportIn(path);
      const { verifyReport } = await import('../../report/verify.ts');
      const result = await verifyReport(file);
      print(globals(command), { file, ...result }, () =>
        result.ok ? `✔ ${file}: ${result.entries} entries, every hash holds` : `✖ ${file}: ${result.problem ?? 'the hashes do not hold'}`,
      );
      if (!result.ok) process.exitCode = exitCodes.failed;
    });
}

/** A folder of the archive stands for the report in it. */
function reportIn(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new CliError(`${path} is not there`, exitCodes.usage);
  return found.isDirectory() ? join(path, 'report.json') : path;
}
