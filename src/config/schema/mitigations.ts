import { z } from 'zod';
import { secret, url } from './basics.ts';

const httpSwitch = z.strictObject({
  by: z.literal('http').describe('A switch over HTTP: GET → { on, value? }, PUT { on, value? } with the token.'),
  url: url.describe('Where it is.'),
  token: secret.describe('Token that is sent, as a reference.'),
});

/** What a service can be put on for a while, and by what. */
export const mitigations = z
  .strictObject({
    'maintenance-page': httpSwitch.describe('Customers get a page that says when to come back: 503 with Retry-After.'),
    'rate-limit': httpSwitch.describe('So many requests a second; what is above gets 429 with Retry-After.'),
    'read-only': z
      .strictObject({ by: z.literal('database').describe('By the same fence as in a failover.') })
      .describe("Nobody writes to the service's database."),
    'scaled-down-writers': z
      .strictObject({
        by: z.literal('capacity').describe('By what runs the service.'),
        to: z.int().min(0).describe('So many instances in each region.'),
      })
      .describe('No more than so many instances in each region.'),
  })
  .partial()
  .describe('What it can be put on for a while, each with an owner and an end; what is left out is not offered.');
