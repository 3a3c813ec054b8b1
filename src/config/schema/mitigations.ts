import { z } from 'zod';
import { secret, url } from './basics.ts';

/** GET → { on, value? }, PUT { on, value? } with the token. */
const httpSwitch = z.strictObject({ by: z.literal('http'), url, token: secret });

/** What a service can be put on for a while, and by what. */
export const mitigations = z
  .strictObject({
    /** Customers get a page that says when to come back: 503 with Retry-After. */
    'maintenance-page': httpSwitch,
    /** So many requests a second; what is above gets 429 with Retry-After. */
    'rate-limit': httpSwitch,
    /** Nobody writes to the service's database, by the same fence as in a failover. */
    'read-only': z.strictObject({ by: z.literal('database') }),
    /** No more than so many instances in each region. */
    'scaled-down-writers': z.strictObject({ by: z.literal('capacity'), to: z.int().min(0) }),
  })
  .partial();
