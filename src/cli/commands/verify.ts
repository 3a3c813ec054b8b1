import { existsSync } from 'node:fs';
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
      if (!existsSync(path)) throw new CliError(`${path} is not there`, exitCodes.usage);
      const [{ verifyReport }, { reportPath }] = await Promise.all([import('../../report/verify.ts'), import('../../report/read.ts')]);
      const { file } = await reportPath(path);
      const result = await verifyReport(file);
      const verdict = result.ok
        ? `✔ ${file}: ${result.entries} entries, every hash holds`
        : `✖ ${file}: ${result.problem ?? 'the hashes do not hold'}`;
      print(globals(command), { file, ...result }, () =>
        [verdict, ...[...result.says, ...result.notes].map((line) => `  ${line}`)].join('\n'),
      );
      if (!result.ok) process.exitCode = exitCodes.failed;
    });
}
