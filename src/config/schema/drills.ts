import { z } from 'zod';
import { duration, name, secret, url } from './basics.ts';

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'] as const;

const call = z.strictObject({ url, body: z.unknown().optional() });

/** Something that is broken on purpose: by whatever breaks things here (the practice range, AWS FIS, Litmus, Chaos Mesh), over HTTP. */
const fault = z.strictObject({
  /** As people would say it, e.g. `the region east is lost`. */
  title: z.string().min(1),
  /** POST that breaks it. Sent once more than needed it changes nothing more. */
  begin: call,
  /** POST that ends it. */
  end: call,
  /** GET that says whether it is broken now: at the JSON pointer `at` is `has`, or a list that holds it. */
  state: z.strictObject({ url, at: z.string().regex(/^(\/.+)?$/, 'use a JSON pointer, e.g. /faults'), has: z.unknown() }),
  token: secret.exactOptional(),
});

const asked = z.strictObject({ runbook: name, input: z.record(z.string(), z.unknown()).default({}) });

/** How an exercise is done, rather than talked about. */
const practice = z.strictObject({
  /** `simulate` looks for real and changes nothing: breaking something must be asked for. */
  mode: z.enum(['live', 'simulate']).default('simulate'),
  /** What the runbook is asked for. */
  input: z.record(z.string(), z.unknown()).default({}),
  faults: z.array(fault).default([]),
  /** How long it is left broken before the recovery begins: as long as people would need to notice. */
  noticedAfter: duration.default(0),
  /** What brings everything back to where it was, in this order. */
  reverse: z.array(asked).default([]),
  /** Waited before the way back: a failover in the opposite direction is refused for a while. */
  restBeforeReverse: duration.default(0),
  /** The validation checklist is gone through there after the recovery. */
  checklist: z.strictObject({ service: name, region: name }).exactOptional(),
  /** What must be met, beside that the recovery went through and nothing is left behind. */
  criteria: z
    .strictObject({ rto: duration.exactOptional(), rpo: duration.exactOptional(), decideWithin: duration.exactOptional() })
    .prefault({}),
  /** A step that fails waits so long for a person; then it stays failed. */
  patience: duration.default(900_000),
  /** A recovery that takes longer is ended. */
  within: duration.default(7_200_000),
});

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
  practice: practice.exactOptional(),
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
