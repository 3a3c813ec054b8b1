import type { Command } from 'commander';
import { duration } from '../../config/schema.ts';
import { CliError, exitCodes } from '../exit.ts';
import { followRun, signalAfter } from '../follow.ts';
import { example, withRuns } from '../output.ts';
import { whichRun } from '../which.ts';

interface WatchOptions {
  timeout?: string;
  exitWhenWaiting?: boolean;
  once?: boolean;
}

/** `muster watch`: one run while it goes on, or all of them. */
export function registerWatch(program: Command): void {
  program
    .command('watch [run]')
    .description('watch one run until it ends, or without one all that are open; exits 0 when it completed, 1 when not')
    .option('--timeout <duration>', 'stop watching after this, e.g. 30s, with exit code 4; the run goes on')
    .option('--exit-when-waiting', 'stop watching when the run waits for a person, with exit code 5')
    .option('--once', 'all open runs as they stand now')
    .addHelpText('after', example('muster watch latest', 'muster watch fail-over-region-1f3a --timeout 10m', 'muster watch'))
    .action(async (said: string | undefined, options: WatchOptions, command: Command) => {
      const { exitWhenWaiting, once } = options;
      const timeoutMs = options.timeout === undefined ? undefined : readDuration('--timeout', options.timeout);
      await withRuns(command, async (runs, { output }) => {
        if (said !== undefined) {
          process.exitCode = await followRun(runs, await whichRun(runs, said), { output, timeoutMs, exitWhenWaiting });
          return;
        }
        const { showWall } = await import('../wall.ts');
        await showWall(runs, { signal: signalAfter(timeoutMs), once, json: output === 'json' });
        if (!once) process.exitCode = exitCodes.waits;
      });
    });
}

/** `30s` → 30000. Throws naming the option when it is no duration. */
export function readDuration(option: string, text: string): number {
  const parsed = duration.safeParse(text);
  if (!parsed.success) throw new CliError(`${option} ${text}: ${parsed.error.issues[0]!.message}`, exitCodes.usage);
  return parsed.data;
}
