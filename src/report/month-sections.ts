import type { TimeName } from '../incidents/metrics.ts';
import type { IncidentMonth } from '../incidents/month.ts';
import type { Section } from './section.ts';
import { count, list } from '../words/amounts.ts';
import { duration } from '../words/durations.ts';

const timeWords: Record<TimeName, string> = {
  toDetect: 'Time to detect',
  toAcknowledge: 'Time to acknowledge',
  toMitigate: 'Time to mitigate',
  toResolve: 'Time to resolve',
};
const timeNames = Object.keys(timeWords) as TimeName[];
const took = (ms: number | null): string => (ms === null ? '−' : duration(ms));
const names = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' });

/** `November 2026`. */
export const monthName = ({ month }: Pick<IncidentMonth, 'month'>): string => names.format(new Date(`${month}-01T00:00:00.000Z`));

/** What the month was, in a few sentences. */
export function monthSentences(month: IncidentMonth): string[] {
  const { incidents, bySeverity, perWeek, times, updates, actions, leftOut } = month;
  const severities = bySeverity.filter(({ count: here }) => here > 0).map(({ severity, count: here }) => `${here} × ${severity}`);
  const open = bySeverity.reduce((sum, one) => sum + one.open, 0);
  const left = [
    ...(leftOut.drills > 0 ? [count(leftOut.drills, 'drill')] : []),
    ...(leftOut.dismissed > 0 ? [`${leftOut.dismissed} that proved to be none`] : []),
    ...(leftOut.proposed > 0 ? [`${leftOut.proposed} that alerts proposed and nobody declared`] : []),
  ];
  const { of, median } = times.toResolve;
  return [
    incidents.length === 0
      ? `There was no incident in ${monthName(month)}.`
      : `There ${incidents.length === 1 ? 'was' : 'were'} ${count(incidents.length, 'incident')} in ${monthName(month)} (${list(severities)})${open > 0 ? `, of which ${open} ${open === 1 ? 'is' : 'are'} not resolved yet` : ''}.`,
    ...(perWeek === null || incidents.length === 0 ? [] : [`That is ${perWeek.toFixed(1)} a week.`]),
    ...(median === null ? [] : [`Half of the ${count(of, 'resolved one')} took at most ${duration(median)}.`]),
    ...(updates.due === 0
      ? []
      : [`Of ${count(updates.due, 'promised update')} ${updates.kept} ${updates.kept === 1 ? 'was' : 'were'} kept.`]),
    actions.length === 0 ? 'No action item is open.' : `${count(actions.length, 'action item is', 'action items are')} open.`,
    ...(left.length === 0 ? [] : [`Not counted: ${list(left)}.`]),
  ];
}

const times = ({ times: all, bySeverity }: IncidentMonth): Section => ({
  id: 'times',
  title: 'How long it took',
  columns: ['What', 'Incidents', 'Mean', 'Median', ...bySeverity.map(({ severity }) => `${severity}, median`)],
  rows: timeNames.map((name) => [
    ...[timeWords[name], all[name].of, took(all[name].mean), took(all[name].median)],
    ...bySeverity.map(({ times: own }) => took(own[name].median)),
  ]),
});

const weeks = ({ weeks: all, bySeverity }: IncidentMonth): Section => ({
  id: 'numbers',
  title: 'How many, week by week',
  columns: ['Week from', 'All', ...bySeverity.map(({ severity }) => severity)],
  rows: all.map((week) => [week.from.slice(0, 10), week.count, ...bySeverity.map(({ severity }) => week.bySeverity[severity] ?? 0)]),
  none: 'The month has not begun.',
});

const incidents = ({ incidents: all }: IncidentMonth): Section => ({
  id: 'incidents',
  title: 'The incidents',
  columns: [
    'Number',
    'Declared',
    'Severity',
    'Service',
    'Title',
    'State',
    'Detected',
    'Acknowledged',
    'Mitigated',
    'Resolved',
    'Updates kept',
  ],
  rows: all.map(({ number, declaredAt, severity, service, title, state, updates, ...own }) => [
    ...[number, `${declaredAt.slice(0, 10)} ${declaredAt.slice(11, 16)}`, severity, service, title, state],
    ...timeNames.map((name) => took(own[name])),
    updates.due === 0
      ? '−'
      : {
          said: `${updates.kept === updates.due ? '✔' : '✖'} ${updates.kept} of ${updates.due}`,
          as: updates.kept === updates.due ? ('good' as const) : ('bad' as const),
        },
  ]),
  none: 'None.',
});

const actions = ({ actions: all, unread, to }: IncidentMonth): Section => ({
  id: 'actions',
  title: 'Open action items',
  sentences: unread.length === 0 ? [] : [`Those of ${list(unread)} could not be read.`],
  columns: ['Due', 'Who', 'What', 'Incident'],
  rows: all.map(({ dueAt, owner, text, number }) => [
    dueAt < to ? { said: `✖ ${dueAt.slice(0, 10)}, overdue`, as: 'bad' } : dueAt.slice(0, 10),
    ...[owner, text, number],
  ]),
  none: 'None.',
});

/** Every part of the report of a month, in the order in which it is read. */
export const monthSections = [times, weeks, incidents, actions] as const;
