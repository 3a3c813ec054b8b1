import { z } from 'zod';
import { greyWays, healableFaults, type Fault } from './contract.ts';

const region = z.enum(['east', 'west']);
const service = z.enum(['slack', 'pagerduty', 'statuspage', 'ticket', 'email']);
const rows = z.int().min(1).max(100);
const milliseconds = z.int().min(0).max(600_000);

/** What may be asked of `break`. */
export const faultSchema: z.ZodType<Fault> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('lose-region'), region }),
  z.strictObject({ kind: z.literal('grey-region'), region, how: z.enum(greyWays) }),
  z.strictObject({ kind: z.literal('crash-database'), region }),
  z.strictObject({ kind: z.literal('lag-replica'), ms: milliseconds }),
  z.strictObject({ kind: z.literal('corrupt-rows'), rows: rows.exactOptional() }),
  z.strictObject({ kind: z.literal('corrupt-page') }),
  z.strictObject({ kind: z.literal('corrupt-index'), rows: rows.exactOptional() }),
  z.strictObject({ kind: z.literal('crash-shop'), region }),
  z.strictObject({ kind: z.literal('hang-shop'), region }),
  z.strictObject({ kind: z.literal('bad-release'), region: region.exactOptional() }),
  z.strictObject({
    kind: z.literal('aws'),
    how: z.enum(['throttle', 'error', 'reset', 'stall']),
    when: z.enum(['before', 'after']),
    action: z.string().min(1),
    times: z.int().positive().exactOptional(),
    ms: milliseconds.exactOptional(),
  }),
  z.strictObject({ kind: z.literal('arc-endpoints-down'), count: z.int().min(1).max(5) }),
  z.strictObject({ kind: z.literal('slow-switches'), ms: milliseconds }),
  z.strictObject({
    kind: z.literal('inbox-down'),
    which: z.array(service).min(1).exactOptional(),
    how: z.enum(['refuse', 'stall', 'error', 'limit', 'lose-answers']).exactOptional(),
  }),
]);

/** Which faults to heal: all that match what is given. */
export const healSchema = z.strictObject({
  kind: z.enum(healableFaults).exactOptional(),
  region: region.exactOptional(),
});
export type Healing = z.output<typeof healSchema>;
