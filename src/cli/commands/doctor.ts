import type { Command } from 'commander';
import { findPlaces } from '../connect.ts';
import { exitCodes } from '../exit.ts';
import { example, globals, print } from '../output.ts';
import { painter, wantsColor } from '../view/words.ts';

/** `muster doctor`: is everything there that a failover will need? */
export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('look whether everything is well, and say how to mend what is not')
    .addHelpText('after', example('muster doctor'))
    .action(async (_options: object, command: Command) => {
      const options = globals(command);
      const { examine } = await import('../doctor-checks.ts');
      const findings = await examine(findPlaces(options));
      const paint = painter(wantsColor(process.stdout));
      print(options, findings, () =>
        findings
          .map(({ ok, what, fix }) => (ok ? `${paint('green', '✔')} ${what}` : `${paint('red', '✖')} ${what}\n    → ${fix}`))
          .join('\n'),
      );
      if (findings.some(({ ok }) => !ok)) process.exitCode = exitCodes.failed;
    });
}
