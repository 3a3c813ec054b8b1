import type { Command } from 'commander';
import { duration } from '../../config/schema.ts';
import { CliError, exitCodes } from '../exit.ts';
import { followRun } from '../follow.ts';
import { example, withRuns } from '../output.ts';

/** `muster watch`: one run while it goes on. */
export function registerWatch(program: Command): void {
  program
    .command('watch <run>')
    .description('watch one run until it ends; exits 0 when it completed, 1 when not')
    .option('--timeout <duration>', 'stop watching after this, e.g. 30s, with exit code 4; the run goes on')
    .addHelpText('after', example('muster watch fail-over-region-shop-1f3a --timeout 10m'))
    .action(async (runId: string, options: { timeout?: string }, command: Command) => {
      const timeoutMs = options.timeout === undefined ? undefined : readDuration('--timeout', options.timeout);
      await withRuns(command, async (runs, { output }) => {
        process.exitCode = await followRun(runs, runId, { output, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
      });
    });
}

/** `30s` → 30000. Throws naming the option when it is no duration. */
export function readDuration(option: string, text: string): number {
  const parsed = duration.safeParse(text);
  if (!parsed.success) throw new CliError(`${option} ${text}: ${parsed.error.issues[0]!.message}`, exitCodes.usage);
  return parsed.data;
}
