import { z } from 'zod';

/** Names that the environment gives: small letters, digits and dashes. */
export const name = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'use small letters, digits and dashes');
/** A value, or a reference to one: `env:NAME` or `file:PATH`. Secrets must be references. */
export const reference = z.string().min(1);
export const secret = z.string().regex(/^(env|file):.+/, 'a secret must be a reference: env:NAME or file:PATH');
export const url = reference;

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** `500ms`, `15s`, `2m`, `1h`, `1d` → milliseconds. */
export const duration = z
  .string()
  .regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, 'use a duration such as 500ms, 15s, 2m, 1h')
  .transform((text) => {
    const [, amount, , unit] = /^(\d+(\.\d+)?)(ms|s|m|h|d)$/.exec(text)!;
    return Math.round(Number(amount) * units[unit as keyof typeof units]);
  });

/** One entry for each region that has one. */
export const regional = <T extends z.ZodType>(schema: T) => z.record(name.meta({ title: 'REGION' }), schema);

/** Id of a hosted zone of Route 53. */
export const zoneId = z.string().regex(/^[A-Z0-9]{1,32}$/, 'use the id of a hosted zone, e.g. Z0123456789ABC');
