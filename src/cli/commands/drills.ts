import type { Command } from 'commander';
import type { Occurrence } from '../../drills/calendar.ts';
import { findPlaces } from '../connect.ts';
import { registerDrillsAdministration } from './drills-administration.ts';
import { readWhole } from '../numbers.ts';
import { example, globals, print, table } from '../output.ts';

interface DrillsOptions {
  months: string;
  ical?: boolean;
}

const mostMonths = 60;

/** `muster drills`: what is practised next, by the calendar of the environment file; works without anything running. */
export function registerDrills(program: Command): void {
  const drills = program
    .command('drills')
    .description('show the calendar of exercises: what is practised next, and what falls on a holiday or into a change freeze')
    .option('--months <number>', 'how far to look ahead', '3')
    .option('--ical', 'print it as a file for calendars (iCalendar); what is not announced is left out')
    .addHelpText('after', example('muster drills', 'muster drills --months 12', 'muster drills --months 12 --ical > drills.ics'))
    .action(async ({ months, ical }: DrillsOptions, command: Command) => {
      const ahead = readWhole('--months', months, 1, mostMonths);
      const [{ DateTime }, { loadEnvironment }, { occurrences }, { icalOf }] = await Promise.all([
        import('luxon'),
        import('../../config/environment.ts'),
        import('../../drills/calendar.ts'),
        import('../../drills/ical.ts'),
      ]);
      const environment = await loadEnvironment(findPlaces(globals(command)).environmentFile);
      const { drills: entries = [], drillTimes } = environment.incidents ?? {};
      const now = DateTime.now();
      const found = drillTimes ? occurrences(entries, drillTimes, now.toJSDate(), now.plus({ months: ahead }).toJSDate()) : [];
      if (ical) process.stdout.write(icalOf(environment, found));
      else print(globals(command), found.map(plain), () => said(environment.title, found));
    });
  registerDrillsAdministration(drills);
}

const plain = ({ drill: { name, title, runbook, announced }, at, off }: Occurrence) => ({
  ...{ name, title, runbook: runbook ?? null, announced, off },
  at: at.toISO(),
});

function said(title: string, found: readonly Occurrence[]): string {
  if (found.length === 0) return `${title} has no exercises in that time; say them under incidents.drills of its environment file.`;
  const rows = found.map(({ drill, at, off }) => [
    at.toFormat('ccc yyyy-MM-dd HH:mm ZZZZ', { locale: 'en-GB' }),
    ...[drill.name, drill.title, drill.runbook ?? 'talked through'],
    off ?? (drill.announced ? '' : 'not announced'),
  ]);
  return table(['WHEN', 'DRILL', 'TITLE', 'RUNBOOK', ''], rows);
}
