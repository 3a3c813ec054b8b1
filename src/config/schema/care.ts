import { z } from 'zod';
import { remedies } from '../../workflows/plans/remedies.ts';
import { duration } from './basics.ts';

const objective = z
  .strictObject({
    /** As the end of "Watch that …", e.g. `less than 1 % of requests fail`. */
    name: z.string().min(1),
    /** Answers one number; `{region}` is replaced. */
    query: z.string().min(1),
    below: z.number().optional(),
    above: z.number().optional(),
  })
  .refine(({ below, above }) => below !== undefined || above !== undefined, 'say below or above');

const factors = { KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;
/** `512MiB` → bytes. */
export const bytes = z
  .string()
  .regex(/^[1-9]\d{0,6}(\.\d{1,3})?(KiB|MiB|GiB)$/, 'use a number with KiB, MiB or GiB, e.g. 512MiB')
  .transform((text) => Math.round(parseFloat(text) * factors[text.slice(-3) as keyof typeof factors]));

/** How a service is looked after in an incident, and when it counts as well again. */
export const care = z.strictObject({
  /** So long everything must be good before a scenario is over. */
  watchFor: duration.optional(),
  /** Share of the readings from outside that may be bad. */
  errorRate: z.number().min(0).max(1).default(0),
  /** What Prometheus must say all the while. */
  objectives: z.array(objective).default([]),
  /** The most copies that may run, in one region. */
  mostInstances: z.int().positive().optional(),
  /** The most memory that one copy may get. */
  mostMemory: bytes.optional(),
  /** What takes load off it for a while; `rateLimit` in requests a second. */
  relief: z.strictObject({ for: duration, rateLimit: z.number().positive().optional() }).optional(),
  /** What is done in an incident without asking; everything else asks. */
  withoutApproval: z.array(z.enum(remedies)).default([]),
});
