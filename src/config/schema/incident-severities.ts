import { z } from 'zod';
import { duration, name } from './basics.ts';

/** As the runbooks call them: `P0`. */
export const severityName = z.string().regex(/^[A-Z][A-Z0-9]{0,9}$/, 'use capitals and digits, e.g. P0');

/** `15m`, or `1bd` for a working day. */
export const span = z
  .string()
  .regex(/^(\d+bd|\d+(\.\d+)?(ms|s|m|h|d))$/, 'use a duration such as 15m, 1h, 7d, or 1bd for a working day')
  .transform((text) => (text.endsWith('bd') ? { businessDays: Number(text.slice(0, -2)) } : { ms: duration.parse(text) }));

const rung = z
  .strictObject({
    after: duration.describe('After so long; each rung is later than the one before.'),
    to: z.array(name).min(1).describe('Contacts that are told.'),
    because: z.string().exactOptional().describe('Why, as the message says it.'),
  })
  .transform(({ after, ...rest }) => ({ afterMs: after, ...rest }));

const updatePromise = z
  .strictObject({
    every: duration.refine((ms) => ms >= 60_000, 'must be at least 1m').describe('An update is promised so often.'),
    remindBefore: duration.default(300_000).describe('The communications role is reminded so long before.'),
    sentBy: z.enum(['person', 'policy']).describe('Whether a person sends it, or Muster by itself when the time has come.'),
    lateTo: z.array(name).default([]).describe('Contacts that are told when an update is late.'),
    first: duration
      .exactOptional()
      .describe(
        'The first one leaves by itself so long after the declaration, as drafted, unless a person was quicker; like the others unless said.',
      )
      .meta({ examples: ['5m'] }),
  })
  .refine(({ every, remindBefore }) => remindBefore < every, { path: ['remindBefore'], message: 'must be shorter than every' })
  .transform(({ every, remindBefore, first, ...rest }) => ({
    ...{ everyMs: every, remindBeforeMs: remindBefore, ...rest },
    ...(first === undefined ? {} : { firstMs: first }),
  }));

/** What an environment means by one severity. */
export const severity = z.strictObject({
  name: severityName.describe('In capitals, e.g. P0.'),
  title: z.string().min(1).describe('As people call it.'),
  examples: z.array(z.string()).default([]).describe('What it is used for.'),
  respondWithin: span.describe('Somebody must have acknowledged within it; `1bd` is a working day.'),
  resolveWithin: span.nullable().default(null).describe('It must be resolved within it; left out when nothing is promised.'),
  tell: z.array(name).default([]).describe('Contacts that are told at once.'),
  tellOfCustomers: z
    .array(name)
    .exactOptional()
    .describe('Contacts that are told at once too when customers see it (`customerFacing`).')
    .meta({ examples: [['support']] }),
  unacknowledged: z.array(rung).default([]).describe('Who is told until somebody acknowledges.'),
  unmitigated: z.array(rung).default([]).describe('Who is told from the declaration until it is mitigated.'),
  updates: z
    .strictObject({
      internal: updatePromise.nullable().default(null).describe('Updates to the team; left out where none are promised.'),
      customers: updatePromise.nullable().default(null).describe('Updates to customers; left out where none are promised.'),
    })
    .default({ internal: null, customers: null })
    .describe('Updates that are promised; left out where none are.'),
});
