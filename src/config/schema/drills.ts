import { z } from 'zod';
import { duration, name, secret, url } from './basics.ts';

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'] as const;

const call = z.strictObject({
  url: url.describe('Where it is sent.'),
  body: z.unknown().optional().describe('Sent as JSON; nothing unless said.'),
});

/** Something that is broken on purpose: by whatever breaks things here (the practice range, AWS FIS, Litmus, Chaos Mesh), over HTTP. */
const fault = z.strictObject({
  title: z.string().min(1).describe('As people would say it, e.g. `the region east is lost`.'),
  begin: call.describe('POST that breaks it. Sent once more than needed it changes nothing more.'),
  end: call.describe('POST that ends it.'),
  state: z
    .strictObject({
      url: url.describe('GET of what is broken.'),
      at: z
        .string()
        .regex(/^(\/.+)?$/, 'use a JSON pointer, e.g. /faults')
        .describe('JSON pointer to the place in the answer.'),
      has: z.unknown().describe('It is broken while this stands there, or is in the list that stands there.'),
    })
    .describe('Says whether it is broken now.'),
  token: secret
    .exactOptional()
    .describe('Token that is sent with all three, as a reference.')
    .meta({ examples: ['env:CHAOS_TOKEN'] }),
});

const asked = z.strictObject({
  runbook: name.describe('Name of the runbook.'),
  input: z.record(z.string(), z.unknown()).default({}).describe('What it is asked for, as `./muster runbooks NAME` says.'),
});

const criteria = z.strictObject({
  rto: duration.exactOptional().describe('Customers may be without the service for so long.'),
  rpo: duration.exactOptional().describe('So many of the newest writes, as time, may be lost.'),
  decideWithin: duration.exactOptional().describe('People must have decided within so long.'),
});

/** How an exercise is done, rather than talked about. */
const practice = z.strictObject({
  mode: z
    .enum(['live', 'simulate'])
    .default('simulate')
    .describe('`simulate` looks for real and changes nothing; breaking something (`live`) must be asked for.'),
  input: z.record(z.string(), z.unknown()).default({}).describe('What the runbook is asked for.'),
  faults: z.array(fault).default([]).describe('What is broken on purpose, in this order.'),
  noticedAfter: duration
    .default(0)
    .describe('How long it is left broken before the recovery begins: as long as people would need to notice.'),
  reverse: z.array(asked).default([]).describe('What brings everything back to where it was, in this order.'),
  restBeforeReverse: duration
    .default(0)
    .describe('Waited before the way back: a failover in the opposite direction is refused for a while.'),
  checklist: z
    .strictObject({
      service: name.describe('Service whose checklist it is.'),
      region: name.describe('Region in which it is gone through.'),
    })
    .exactOptional()
    .describe('The validation checklist is gone through there after the recovery.')
    .meta({ examples: [{ service: 'shop', region: 'west' }] }),
  criteria: criteria.prefault({}).describe('What must be met, beside that the recovery went through and nothing is left behind.'),
  patience: duration.default(900_000).describe('A step that fails waits so long for a person; then it stays failed.'),
  within: duration
    .default(7_200_000)
    .describe('A recovery that takes longer is ended.')
    .meta({ examples: ['2h'] }),
});

/** One exercise of the calendar. */
export const drill = z.strictObject({
  name: name.describe('What it is called in the calendar and its records.'),
  title: z.string().min(1).describe('As people call it.'),
  on: z
    .strictObject({
      every: z.enum(['month', 'quarter', 'year']).default('month').describe('How often.'),
      week: z.enum(['first', 'second', 'third', 'fourth', 'last']).default('first').describe('In which week of the (first) month.'),
      day: z.enum(weekdays).default('tuesday').describe('On which working day.'),
    })
    .describe(
      '`{ week: first, day: friday }` is the first Friday of every month, `{ every: quarter }` the first Tuesday of January, April, July and October.',
    ),
  runbook: name.exactOptional().describe('What is practised with; left out where people only talk it through.'),
  announced: z
    .boolean()
    .default(true)
    .describe('False for one that people shall not know of before; it is left out of calendars that are handed around.')
    .meta({ examples: [false] }),
  practice: practice.exactOptional().describe('How it is done; left out where people only talk it through.'),
});

const date = z.iso.date('write a day as 2026-12-25');

/** When exercises take place, and when they do not. */
export const drillTimes = z
  .strictObject({
    zone: z.string().refine(isZone, 'use an IANA time zone, e.g. Europe/Zurich').default('UTC').describe('IANA time zone.'),
    at: z
      .string()
      .regex(/^(0[7-9]|1\d):[0-5]\d$/, 'use a time from 07:00 to 19:59')
      .default('10:00')
      .describe('In working hours: people are there, and no clock is put forward or back then.'),
    holidays: z
      .array(
        z.strictObject({
          on: date.describe('The day.'),
          title: z.string().min(1).describe('What it is.'),
        }),
      )
      .default([])
      .describe('Days without exercises.'),
    freezes: z
      .array(
        z
          .strictObject({
            from: date.describe('The first day.'),
            to: date.describe('The last day.'),
            title: z.string().min(1).describe('Why nothing may change then.'),
          })
          .refine(({ from, to }) => from <= to, { path: ['to'], message: 'ends before it begins' }),
      )
      .default([])
      .describe('Changes, and so exercises, are not allowed from one day to another, both included.'),
  })
  .prefault({})
  .describe('When exercises take place, and when they do not.')
  .meta({
    examples: [
      {
        ...{ zone: 'Europe/Zurich', at: '10:00', holidays: [{ on: '2026-12-25', title: 'Christmas' }] },
        freezes: [{ from: '2026-11-23', to: '2026-11-30', title: 'The sale of November' }],
      },
    ],
  });

/** Links such as Asia/Kolkata count too, which no list of the platform has; offsets do not, since they know no summer time. */
function isZone(zone: string): boolean {
  try {
    return /^[A-Z]/.test(zone) && new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
