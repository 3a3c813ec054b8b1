import { z } from 'zod';

const time = z.iso.datetime();
const milliseconds = z.number().nonnegative();

const orders = z.array(z.object({ id: z.string(), at: z.string() }));

const shapes = {
  outage: z.object({ startedAt: time.nullable(), endedAt: time.nullable(), totalMs: milliseconds, failed: z.number(), over: z.boolean() }),
  targets: z.object({ rtoMs: milliseconds, rpoMs: milliseconds }).partial(),
  lost: z
    .object({
      count: z.int().nonnegative(),
      lostMs: milliseconds.nullish(),
      acknowledged: z.int().nonnegative().nullish(),
      orders: orders.optional(),
      missing: orders.optional(),
    })
    .transform(({ orders, missing, ...lost }) => ({ ...lost, orders: orders ?? missing ?? [] })),
  fence: z.object({ fenced: z.boolean(), why: z.string().optional() }),
  moment: z.union([z.object({ at: time }).transform(({ at }) => at), time]),
};

/** The measures that the report knows by name; one that is absent or has another shape is undefined, and is then shown as it came. */
export interface KnownMeasures {
  outage?: z.output<typeof shapes.outage>;
  targets?: z.output<typeof shapes.targets>;
  lost?: z.output<typeof shapes.lost>;
  fence?: z.output<typeof shapes.fence>;
  lostAt?: string;
  detectedAt?: string;
}

/** Reads the measures of a run, whose values anybody may have set. */
export function knownMeasures(measures: Readonly<Record<string, unknown>>): KnownMeasures {
  const read = <T extends z.ZodType>(name: string, shape: T) => {
    const parsed = shape.safeParse(measures[name]);
    return parsed.success ? { [name]: parsed.data } : {};
  };
  return {
    ...read('outage', shapes.outage),
    ...read('targets', shapes.targets),
    ...read('lost', shapes.lost),
    ...read('fence', shapes.fence),
    ...read('lostAt', shapes.moment),
    ...read('detectedAt', shapes.moment),
  };
}
