import type { Command } from 'commander';
import { findPlaces } from '../connect.ts';
import { CliError, exitCodes } from '../exit.ts';
import { example, globals } from '../output.ts';
import { homeFolder, readSession } from '../session.ts';

/** `muster up`: everything on this machine, until Ctrl-C or `muster down`. */
export function registerUp(program: Command): void {
  program
    .command('up')
    .description('bring up the practice range, Temporal, a worker and the API, and keep them up')
    .option('--no-range', 'without the practice range: MUSTER_ENVIRONMENT names the environment')
    .addHelpText(
      'after',
      example('muster up', 'MUSTER_ENVIRONMENT=my.yaml TEMPORAL_ADDRESS=temporal.example.com:7233 muster up --no-range'),
    )
    .action(async ({ range }: { range: boolean }, command: Command) => {
      const home = homeFolder();
      refuseSecond(home);
      if (!range && !process.env['MUSTER_ENVIRONMENT']) {
        throw new CliError('--no-range needs MUSTER_ENVIRONMENT, the path of an environment file', exitCodes.usage);
      }
      // Loaded late: most commands do without what this needs, and shall start at once.
      const { announceStack, untilAborted, withStack } = await import('../stay-up.ts');
      const { archive } = findPlaces();
      await withStack(
        { home, range, archive, ui: true, log: (line) => void process.stderr.write(`  ✔ ${line}\n`) },
        async (stack, asked) => {
          announceStack(stack, home, globals(command), 'Ctrl-C or ./muster down ends everything; runs go on after the next ./muster up.');
          await untilAborted(asked);
        },
      );
    });
}

/** Two of them would write one session and one database. Throws with the process that is there. */
export function refuseSecond(home: string): void {
  const session = readSession(home);
  if (session)
    throw new CliError(`Muster already runs here as process ${session.pid} (${session.api}); end it with ./muster down`, exitCodes.refused);
}
