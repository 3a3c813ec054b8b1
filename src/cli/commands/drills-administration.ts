import type { Client } from '@temporalio/client';
import { Option, type Command } from 'commander';
import type { Environment } from '../../config/schema.ts';
import type { Difference } from '../../drills/schedules.ts';
import type { PastDrill } from '../../workflows/lifecycle/drill-book.ts';
import { findPlaces } from '../connect.ts';
import { CliError, exitCodes } from '../exit.ts';
import { example, globals, print, table } from '../output.ts';
import { speaker } from '../speaker.ts';
import { duration } from '../../words/durations.ts';

/** `muster drills sync|stop|allow|trend`: what Temporal knows of the calendar, the stop of all exercises, and how they came out. */
export function registerDrillsAdministration(drills: Command): void {
  drills
    .command('sync')
    .description("make Temporal's schedules as the calendar of the environment file says; shows the difference first")
    .option('-y, --yes', 'do it; without it nothing is changed')
    .addHelpText('after', example('muster drills sync', 'muster drills sync --yes'))
    .action(async ({ yes = false }: { yes?: boolean }, command: Command) =>
      withTemporal(command, async (client, environment) => {
        const { differences, synchronise, wantedSchedules } = await import('../../drills/schedules.ts');
        const { knowsSearchAttributes } = await import('../../runs/searchable.ts');
        const wanted = wantedSchedules(environment, { searchable: await knowsSearchAttributes(client) });
        const found = await differences(client, environment, wanted);
        if (yes) await synchronise(client, wanted, found);
        print(globals(command), { done: yes, differences: found }, () => sayDifferences(found, yes));
        if (!yes && found.some(({ what }) => what !== 'same')) process.exitCode = exitCodes.waits;
      }),
    );
  drills
    .command('stop')
    .description('stop the exercise that is under way, and let none begin')
    .addOption(new Option('-r, --reason <text>', 'why, for the record').makeOptionMandatory())
    .addHelpText('after', example('muster drills stop --as sam --reason "too much is going on"'))
    .action(async ({ reason }: { reason: string }, command: Command) =>
      withTemporal(command, async (client, environment) => {
        const { stopDrills } = await import('../../drills/book.ts');
        const by = speaker(environment, globals(command).as ?? process.env['MUSTER_AS']);
        await stopDrills(client, environment, { by, reason });
        print(globals(command), { stopped: true, by, reason }, () => 'No exercise begins until `muster drills allow`.');
      }),
    );
  drills
    .command('allow')
    .description('let exercises begin again')
    .addHelpText('after', example('muster drills allow --as sam'))
    .action(async (_options: object, command: Command) =>
      withTemporal(command, async (client, environment) => {
        const { stopDrills } = await import('../../drills/book.ts');
        speaker(environment, globals(command).as ?? process.env['MUSTER_AS']);
        await stopDrills(client, environment, null);
        print(globals(command), { stopped: false }, () => 'Exercises may begin again.');
      }),
    );
  drills
    .command('trend')
    .description('how exercises came out, the newest first: score, outage, loss and slowest decision')
    .addHelpText('after', example('muster drills trend', 'muster drills trend -o json'))
    .action(async (_options: object, command: Command) =>
      withTemporal(command, async (client, environment) => {
        const { readBook } = await import('../../drills/book.ts');
        const book = await readBook(client, environment);
        print(globals(command), book, () => sayTrend(book.past));
      }),
    );
}

type Work = (client: Client, environment: Environment) => Promise<void>;

async function withTemporal(command: Command, work: Work): Promise<void> {
  const places = findPlaces(globals(command));
  const [{ loadEnvironment }, { connectTemporal, resolveTemporal }] = await Promise.all([
    import('../../config/environment.ts'),
    import('../../config/temporal.ts'),
  ]);
  const environment = await loadEnvironment(places.environmentFile);
  const temporal = await connectTemporal(resolveTemporal(places.env));
  try {
    await work(temporal.client, environment);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`Temporal refused: ${(error as Error).message}`, exitCodes.failed);
  } finally {
    await temporal.close();
  }
}

function sayDifferences(found: readonly Difference[], done: boolean): string {
  if (found.every(({ what }) => what === 'same')) return `Temporal's schedules are as the calendar says: ${found.length} of them.`;
  const rows = found.map(({ what, drill, scheduleId }) => [what, drill, scheduleId]);
  const end = done ? 'Done.' : 'Nothing was changed; --yes does it.';
  return [table(['', 'DRILL', 'SCHEDULE'], rows), '', end].join('\n');
}

function sayTrend(past: readonly PastDrill[]): string {
  if (past.length === 0) return 'No exercise has been held yet: start one with ./muster drill NAME';
  const time = (ms: number | null | undefined) => (ms == null ? '-' : duration(ms));
  const rows = past.map(({ endedAt, name, how, score, rtoMs, rpoMs, decisionMs }) => [
    ...[endedAt.slice(0, 16).replace('T', ' '), name, how, score === undefined ? '-' : `${score}`],
    ...[rtoMs, rpoMs, decisionMs].map(time),
  ]);
  return table(['ENDED (UTC)', 'DRILL', '', 'SCORE', 'OUTAGE', 'LOSS', 'DECISION'], rows);
}
