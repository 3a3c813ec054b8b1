import { z } from 'zod';
import { remedies } from '../../workflows/plans/remedies.ts';
import { duration } from './basics.ts';

const objective = z
  .strictObject({
    name: z.string().min(1).describe('As the end of "Watch that …", e.g. `less than 1 % of requests fail`.'),
    query: z.string().min(1).describe('Query of Prometheus that answers one number; `{region}` is replaced.'),
    below: z.number().optional().describe('Good is a number below it.'),
    above: z
      .number()
      .optional()
      .describe('Good is a number above it.')
      .meta({ examples: [0.99] }),
  })
  .refine(({ below, above }) => below !== undefined || above !== undefined, 'say below or above');

const factors = { KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;
/** `512MiB` → bytes. */
export const bytes = z
  .string()
  .regex(/^[1-9]\d{0,6}(\.\d{1,3})?(KiB|MiB|GiB)$/, 'use a number with KiB, MiB or GiB, e.g. 512MiB')
  .transform((text) => Math.round(parseFloat(text) * factors[text.slice(-3) as keyof typeof factors]));

const relief = z.strictObject({
  for: duration.describe('It ends by itself after so long.'),
  rateLimit: z.number().positive().optional().describe('Requests a second that are let through; without it the rate is not limited.'),
});

/** How a service is looked after in an incident, and when it counts as well again. */
export const care = z
  .strictObject({
    watchFor: duration.optional().describe('So long everything must be good before a scenario is over; `failover.watchFor` unless said.'),
    errorRate: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe('Share of the readings from outside that may be bad, from 0 to 1.')
      .meta({ examples: [0.01] }),
    objectives: z
      .array(objective)
      .default([])
      .describe('What Prometheus (`incidents.prometheus`) must say all the while.')
      .meta({
        examples: [
          [
            {
              name: 'less than 1 % of requests fail',
              query: 'sum(rate(http_errors_total[1m])) / sum(rate(http_requests_total[1m]))',
              below: 0.01,
            },
          ],
        ],
      }),
    mostInstances: z.int().positive().optional().describe('The most copies that may run in one region; its `fullCapacity` unless said.'),
    mostMemory: bytes.optional().describe('The most memory that one copy may get; without it its limit is not raised.'),
    relief: relief
      .optional()
      .describe('What takes load off it for a while; without it no relief is offered.')
      .meta({ examples: [{ for: '15m', rateLimit: 50 }] }),
    withoutApproval: z
      .array(z.enum(remedies))
      .default([])
      .describe('What is done in an incident without asking; everything else asks.')
      .meta({ examples: [['restart', 'scale']] }),
  })
  .describe('How it is looked after in an incident, and when it counts as well again.');
