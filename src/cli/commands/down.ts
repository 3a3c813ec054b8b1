import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { CliError } from '../exit.ts';
import { example, globals, print } from '../output.ts';
import { homeFolder, isRunning, readSession, removeSession } from '../session.ts';
import { duration } from '../../words/durations.ts';

const endsWithinMs = 60_000;

/** `muster down`: ends the `muster up` of this folder. */
export function registerDown(program: Command): void {
  program
    .command('down')
    .description('end what `muster up` started')
    .addHelpText('after', example('muster down'))
    .action(async (_options: object, command: Command) => {
      const home = homeFolder();
      const session = readSession(home);
      if (!session) {
        removeSession(home);
        return print(globals(command), { ended: false }, () => 'Nothing runs here.');
      }
      await end(session.pid, home);
      print(globals(command), { ended: true, pid: session.pid }, () => `Ended (process ${session.pid}).`);
    });
}

async function end(pid: number, home: string): Promise<void> {
  // The number may belong to another program by now: a machine that was restarted gives them out again.
  if (!commandOf(pid).includes('main.ts')) return removeSession(home);
  process.kill(pid, 'SIGTERM');
  const until = Date.now() + endsWithinMs;
  while (isRunning(pid)) {
    if (Date.now() > until)
      throw new CliError(`process ${pid} has not ended within ${duration(endsWithinMs)}; end it with: kill -9 ${pid}`);
    await delay(100);
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  }
}
