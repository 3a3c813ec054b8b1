import { createHash } from 'node:crypto';
import {
  ScheduleNotFoundError,
  type CalendarSpec,
  type Client,
  type Range,
  type ScheduleOptions,
  type ScheduleSpec,
} from '@temporalio/client';
import { DateTime } from 'luxon';
import { drillPlan } from '../catalogue/drills.ts';
import type { DrillEntry, DrillTimes } from '../config/schema/incidents.ts';
import { theCalendar } from '../config/people.ts';
import type { Environment } from '../config/schema.ts';
import type { RunRequest } from '../workflows/messages.ts';
import { searchAttributes } from '../workflows/search-attributes.ts';

/** What synchronising would do to one exercise of the calendar. */
export interface Difference {
  drill: string;
  scheduleId: string;
  what: 'create' | 'change' | 'remove' | 'same';
}

type Wanted = ScheduleOptions & { memo: { digest: string } };

const prefixOf = ({ name }: Environment): string => `drill/${name}/`;
/** An exercise that falls into an outage of Temporal is still held within this time. */
const catchupWindow = '1h';

const daysOf = { first: [1, 7], second: [8, 14], third: [15, 21], fourth: [22, 28] } as const;
const monthsOf = {
  month: '*',
  quarter: ['JANUARY', 'APRIL', 'JULY', 'OCTOBER'],
  year: ['JANUARY'],
} as const satisfies Record<DrillEntry['on']['every'], CalendarSpec['month']>;
/** When the last week of a month begins and ends hangs on its length; years by their remainder of four. */
const lastWeeks: readonly { days: [number, number]; months: number[]; years?: Range<number>[] }[] = [
  { days: [25, 31], months: [1, 3, 5, 7, 8, 10, 12] },
  { days: [24, 30], months: [4, 6, 9, 11] },
  { days: [23, 29], months: [2], years: [everyFour(2024)] },
  { days: [22, 28], months: [2], years: [everyFour(2025), everyFour(2026), everyFour(2027)] },
];

/** When Temporal starts an exercise, in the words of its schedules; what falls on a holiday or into a freeze is skipped. */
export function specOf({ on }: Pick<DrillEntry, 'on'>, times: DrillTimes): ScheduleSpec {
  const [hour, minute] = times.at.split(':').map(Number) as [number, number];
  const dayOfWeek = on.day.toUpperCase() as 'MONDAY';
  const at = { hour, minute, second: 0, dayOfWeek };
  const months = monthsOf[on.every];
  const calendars: CalendarSpec[] =
    on.week === 'last'
      ? lastWeeks.flatMap(({ days: [start, end], months: long, years }) => {
          const month = long
            .map((number) => monthNames[number - 1]!)
            .filter((name) => months === '*' || (months as readonly string[]).includes(name));
          return month.length === 0 ? [] : [{ ...at, month, dayOfMonth: { start, end }, ...(years ? { year: years } : {}) }];
        })
      : [{ ...at, month: months === '*' ? '*' : [...months], dayOfMonth: { start: daysOf[on.week][0], end: daysOf[on.week][1] } }];
  return { calendars, skip: daysOff(times).map(wholeDay), timezone: times.zone };
}

/** What Temporal shall know of the calendar of an environment; plans and people are fixed when it is synchronised. */
export function wantedSchedules(environment: Environment, { searchable }: { searchable: boolean }): Wanted[] {
  const { drills = [], drillTimes } = environment.incidents ?? {};
  if (!drillTimes) return [];
  const people = environment.people.map(({ subject, name, roles, duties }) => ({ subject, name, roles, duties }));
  return drills.map((entry) => {
    const { name, title, practice } = entry;
    const mode = practice?.mode ?? 'live';
    const run: RunRequest = {
      ...{ environment: environment.name, mode, requestedBy: theCalendar, reason: `the calendar: ${title}`, people },
      searchAttributes: searchable,
    };
    const plan = drillPlan(environment, name, run);
    const attributes = [
      { key: searchAttributes.runbook, value: 'drill' },
      { key: searchAttributes.environment, value: environment.name },
      { key: searchAttributes.mode, value: mode },
    ];
    const spec = specOf(entry, drillTimes);
    return {
      scheduleId: `${prefixOf(environment)}${name}`,
      spec,
      action: {
        ...{ type: 'startWorkflow' as const, workflowType: 'drill', workflowId: `drill-${name}`, args: [plan] },
        taskQueue: environment.orchestrator.taskQueue,
        memo: { title: `DRILL: ${title}`, environment: environment.name, mode, requestedBy: run.requestedBy },
        ...(searchable ? { typedSearchAttributes: attributes } : {}),
      },
      policies: { overlap: 'SKIP', catchupWindow, pauseOnFailure: false },
      memo: {
        digest: createHash('sha256')
          .update(JSON.stringify([spec, plan]))
          .digest('hex')
          .slice(0, 16),
      },
    } satisfies Wanted;
  });
}

/** What Temporal's schedules of an environment have otherwise than its file; nothing is changed. */
export async function differences(client: Client, environment: Environment, wanted: readonly Wanted[]): Promise<Difference[]> {
  const prefix = prefixOf(environment);
  const said = (scheduleId: string, what: Difference['what']): Difference => ({ drill: scheduleId.slice(prefix.length), scheduleId, what });
  // Temporal's list is a moment behind, so each is asked for itself; only what nobody wants any more is found by the list.
  const compared = wanted.map(async ({ scheduleId, memo }) => {
    const digest = await digestOf(client, scheduleId);
    return said(scheduleId, digest === undefined ? 'create' : digest === memo.digest ? 'same' : 'change');
  });
  const gone: Difference[] = [];
  for await (const { scheduleId } of client.schedule.list())
    if (scheduleId.startsWith(prefix) && !wanted.some((one) => one.scheduleId === scheduleId)) gone.push(said(scheduleId, 'remove'));
  return [...(await Promise.all(compared)), ...gone];
}

/** What a schedule was made from; undefined when there is none of that name. */
async function digestOf(client: Client, scheduleId: string): Promise<unknown> {
  try {
    const { memo } = await client.schedule.getHandle(scheduleId).describe();
    return memo?.['digest'] ?? null;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

/** Makes Temporal's schedules as the environment's file says. A changed one is made anew, since its memo cannot be changed. */
export async function synchronise(client: Client, wanted: readonly Wanted[], found: readonly Difference[]): Promise<void> {
  for (const { scheduleId, what } of found) {
    if (what === 'remove' || what === 'change') await client.schedule.getHandle(scheduleId).delete().catch(unlessGone);
    const options = wanted.find((one) => one.scheduleId === scheduleId);
    if (options && (what === 'create' || what === 'change')) await client.schedule.create(options);
  }
}

const monthNames = [
  ...(['JANUARY', 'FEBRUARY', 'MARCH', 'APRIL', 'MAY', 'JUNE'] as const),
  ...(['JULY', 'AUGUST', 'SEPTEMBER', 'OCTOBER', 'NOVEMBER', 'DECEMBER'] as const),
];

function daysOff({ holidays, freezes }: DrillTimes): string[] {
  const frozen = freezes.flatMap(({ from, to }) => {
    const days: string[] = [];
    for (let day = DateTime.fromISO(from); day <= DateTime.fromISO(to); day = day.plus({ days: 1 })) days.push(day.toISODate()!);
    return days;
  });
  return [...new Set([...holidays.map(({ on }) => on), ...frozen])].sort();
}

function wholeDay(day: string): CalendarSpec {
  const [year, month, dayOfMonth] = day.split('-').map(Number) as [number, number, number];
  return { year, month: monthNames[month - 1]!, dayOfMonth, hour: '*', minute: '*', second: '*' };
}

function everyFour(start: number): Range<number> {
  return { start, end: 2099, step: 4 };
}

/** Somebody else was faster. */
function unlessGone(error: unknown): void {
  if (!(error instanceof ScheduleNotFoundError)) throw error;
}
