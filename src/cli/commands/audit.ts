import type { Command } from 'commander';
import { exitCodes } from '../exit.ts';
import { example, globals, print } from '../output.ts';

/** `muster audit`: what was done to access, and whether that record is whole. */
export function registerAudit(program: Command): void {
  const audit = program
    .command('audit')
    .description('look whether the record of who made and revoked tokens is whole')
    .addHelpText('after', example('muster audit verify'));
  audit
    .command('verify')
    .description('check that each entry is as it was written and follows the one before; the head, noted elsewhere, shows what was cut off')
    .addHelpText('after', example('muster audit verify', 'muster audit verify -o json | jq -r .head'))
    .action(async (_options: object, command: Command) => {
      const { auditFile, verifyAudit } = await import('../../config/access/audit.ts');
      const [file, verdict] = [auditFile(), verifyAudit()];
      print(globals(command), { file, ok: verdict.problem === undefined, ...verdict }, () =>
        verdict.problem === undefined
          ? `✔ ${file}: ${verdict.entries} entries, every hash holds; head ${verdict.head}`
          : `✖ ${file}: ${verdict.problem}; the ${verdict.entries} entries before it hold`,
      );
      if (verdict.problem !== undefined) process.exitCode = exitCodes.failed;
    });
}
