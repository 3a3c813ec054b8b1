import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { GlobalOptions } from '../connect.ts';
import { exitCodes, Interrupted } from '../exit.ts';
import { example, globals } from '../output.ts';
import { homeFolder } from '../session.ts';
import { refuseSecond } from './up.ts';
import { readDuration } from './watch.ts';

interface DemoOptions {
  planned?: boolean;
  lag?: string;
  keep?: boolean;
  yes?: boolean;
}

/** `muster demo`: the main job from nothing to the report, on the practice range. */
export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description('lose a region, decide, fail over, prove it, read the report: on a practice range of its own')
    .option('--planned', 'both regions are well: nothing may be lost')
    .option('--lag <duration>', 'the replica lags behind before the region is lost, e.g. 10s')
    .option('--keep', 'stay up afterwards, like `muster up`')
    .option('-y, --yes', 'do not ask: two practice colleagues approve (also without a terminal)')
    .addHelpText('after', example('muster demo', 'muster demo --lag 10s --yes', 'muster demo --planned'))
    .action(async (options: DemoOptions, command: Command) => {
      const lagMs = options.lag === undefined ? undefined : readDuration('--lag', options.lag);
      await demo(options, lagMs, globals(command));
    });
}

async function demo(
  { planned = false, keep = false, yes = false }: DemoOptions,
  lagMs: number | undefined,
  output: GlobalOptions,
): Promise<void> {
  if (keep) refuseSecond(homeFolder());
  const { announceStack, untilAborted, withStack } = await import('../stay-up.ts');
  const { play } = await import('../demo/play.ts');
  const home = join(homeFolder(), `demo-${Date.now().toString(36)}-${process.pid}`);
  const log = (line: string) => void process.stdout.write(`  ✔ ${line}\n`);
  process.stdout.write('Bringing up the practice range: two regions, a shop, customers\n');
  const options = { home, range: true, ephemeral: true, archive: join(homeFolder(), 'archive'), ui: keep, log };
  let clean = false;
  try {
    const passed = await withStack(options, async (stack, asked) => {
      const interactive = !yes && process.stdin.isTTY && process.stdout.isTTY;
      const result = await play(stack, { planned, interactive, asked, ...(lagMs === undefined ? {} : { lagMs }) });
      if (keep) {
        announceStack(stack, homeFolder(), output, 'Ctrl-C or ./muster down ends everything, and forgets its runs; their reports stay.');
        await untilAborted(asked);
      }
      return result;
    });
    clean = passed;
    if (!passed) process.exitCode = exitCodes.failed;
  } catch (error) {
    clean = error instanceof Interrupted;
    throw error;
  } finally {
    if (clean) await rm(home, { recursive: true, force: true });
    else process.stdout.write(`The logs of this demo are in ${join(home, 'logs')}\n`);
  }
}
