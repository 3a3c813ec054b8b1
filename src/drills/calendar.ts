import { DateTime } from 'luxon';
import type { DrillEntry, DrillTimes } from '../config/schema/incidents.ts';

/** An exercise on a day. */
export interface Occurrence {
  drill: DrillEntry;
  at: DateTime<true>;
  /** Why it does not take place, e.g. `holiday: Christmas`; null when it does. */
  off: string | null;
}

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'];
const weeks = ['first', 'second', 'third', 'fourth'];
const everyMonths = { month: 1, quarter: 3, year: 12 };

/** Every occurrence from a time on until before another one, the earliest first; what falls on a holiday or into a freeze is told as such. */
export function occurrences(drills: readonly DrillEntry[], times: DrillTimes, from: Date, until: Date): Occurrence[] {
  const { zone } = times;
  const found: Occurrence[] = [];
  const end = DateTime.fromJSDate(until, { zone });
  for (let month = DateTime.fromJSDate(from, { zone }).startOf('month'); month < end; month = month.plus({ months: 1 })) {
    for (const drill of drills) {
      if ((month.month - 1) % everyMonths[drill.on.every] !== 0) continue;
      const at = timeIn(month, drill, times);
      if (at.toMillis() >= from.getTime() && at < end) found.push({ drill, at, off: offBecause(at, times) });
    }
  }
  return found.sort((one, other) => one.at.toMillis() - other.at.toMillis());
}

function timeIn(month: DateTime, { on, title }: DrillEntry, { at, zone }: DrillTimes): DateTime<true> {
  const weekday = weekdays.indexOf(on.day) + 1;
  const [hour, minute] = at.split(':').map(Number) as [number, number];
  const day =
    on.week === 'last'
      ? month.daysInMonth! - ((month.endOf('month').weekday - weekday + 7) % 7)
      : 1 + ((weekday - month.weekday + 7) % 7) + 7 * weeks.indexOf(on.week);
  const time = DateTime.fromObject({ year: month.year, month: month.month, day, hour, minute }, { zone });
  if (!time.isValid) throw new Error(`"${title}" has no time on ${month.toISODate()}: ${time.invalidExplanation}`);
  return time;
}

function offBecause(at: DateTime<true>, { holidays, freezes }: DrillTimes): string | null {
  const day = at.toISODate();
  const holiday = holidays.find(({ on }) => on === day);
  if (holiday) return `holiday: ${holiday.title}`;
  const freeze = freezes.find(({ from, to }) => from <= day && day <= to);
  return freeze ? `change freeze: ${freeze.title}` : null;
}
