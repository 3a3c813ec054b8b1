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
  .strictObject({ after: duration, to: z.array(name).min(1), because: z.string().exactOptional() })
  .transform(({ after, ...rest }) => ({ afterMs: after, ...rest }));

const updatePromise = z
  .strictObject({
    every: duration.refine((ms) => ms >= 60_000, 'must be at least 1m'),
    /** The communications role is reminded so long before. */
    remindBefore: duration.default(300_000),
    sentBy: z.enum(['person', 'policy']),
    /** Told when an update is late. */
    lateTo: z.array(name).default([]),
  })
  .refine(({ every, remindBefore }) => remindBefore < every, { path: ['remindBefore'], message: 'must be shorter than every' })
  .transform(({ every, remindBefore, ...rest }) => ({ everyMs: every, remindBeforeMs: remindBefore, ...rest }));

/** What an environment means by one severity. */
export const severity = z.strictObject({
  name: severityName,
  title: z.string().min(1),
  examples: z.array(z.string()).default([]),
  respondWithin: span,
  /** Left out when nothing is promised. */
  resolveWithin: span.nullable().default(null),
  /** Told at once. */
  tell: z.array(name).default([]),
  /** Until somebody acknowledges. */
  unacknowledged: z.array(rung).default([]),
  /** From the declaration until it is mitigated. */
  unmitigated: z.array(rung).default([]),
  /** Left out where no updates are promised. */
  updates: z
    .strictObject({ internal: updatePromise.nullable().default(null), customers: updatePromise.nullable().default(null) })
    .default({ internal: null, customers: null }),
});
