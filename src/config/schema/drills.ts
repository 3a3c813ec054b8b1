import { z } from 'zod';
import { name } from './basics.ts';

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'] as const;

/** One exercise of the calendar. */
export const drill = z.strictObject({
  name,
  title: z.string().min(1),
  /** `{ week: first, day: friday }` is the first Friday of every month, `{ every: quarter }` the first Tuesday of January, April, July and October. */
  on: z.strictObject({
    every: z.enum(['month', 'quarter', 'year']).default('month'),
    week: z.enum(['first', 'second', 'third', 'fourth', 'last']).default('first'),
    day: z.enum(weekdays).default('tuesday'),
  }),
  /** What is practised with; left out where people only talk it through. */
  runbook: name.exactOptional(),
  /** False for one that people shall not know of before; it is left out of calendars that are handed around. */
  announced: z.boolean().default(true),
});

const date = z.iso.date('write a day as 2026-12-25');

/** When exercises take place, and when they do not. */
export const drillTimes = z
  .strictObject({
    /** IANA time zone, e.g. `Europe/Zurich`. */
    zone: z.string().refine(isZone, 'use an IANA time zone, e.g. Europe/Zurich').default('UTC'),
    /** In working hours: people are there, and no clock is put forward or back then. */
    at: z
      .string()
      .regex(/^(0[7-9]|1\d):[0-5]\d$/, 'use a time from 07:00 to 19:59')
      .default('10:00'),
    holidays: z.array(z.strictObject({ on: date, title: z.string().min(1) })).default([]),
    /** Changes are not allowed from one day to another, both included. */
    freezes: z
      .array(
        z
          .strictObject({ from: date, to: date, title: z.string().min(1) })
          .refine(({ from, to }) => from <= to, { path: ['to'], message: 'ends before it begins' }),
      )
      .default([]),
  })
  .prefault({});

/** Links such as Asia/Kolkata count too, which no list of the platform has; offsets do not, since they know no summer time. */
function isZone(zone: string): boolean {
  try {
    return /^[A-Z]/.test(zone) && new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
