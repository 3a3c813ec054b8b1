import { z } from 'zod';
import { duration, reference, regional, secret, url } from './basics.ts';

const httpSwitch = z.strictObject({
  url: url.describe('A switch over HTTP: GET → { on }, PUT { on } with the token.'),
  token: secret.describe('Token that is sent, as a reference.'),
});

/** What moves the customers of a name from one region to another. */
export const traffic = z
  .discriminatedUnion('by', [
    z.strictObject({
      by: z
        .literal('route53-records')
        .describe("The records themselves are changed, through Route 53's control plane.")
        .meta({ examples: ['route53-records'] }),
    }),
    z.strictObject({
      by: z
        .literal('route53-health-check')
        .describe(
          "Route 53's health checkers watch, inverted, a switch in the standby's region: while it is on, that region takes the traffic over.",
        ),
      switches: regional(httpSwitch).describe('The switch of each region that has one.'),
    }),
    z.strictObject({
      by: z
        .literal('arc-routing-control')
        .describe(
          'Routing controls of Application Recovery Controller; the endpoints are kept here because its control plane may be away.',
        ),
      cluster: z
        .array(z.strictObject({ region: z.string().describe("AWS's name of its region."), endpoint: url.describe('Its address.') }))
        .length(5, 'name all five endpoints of the cluster')
        .describe('The five endpoints of the cluster; each is tried.'),
      controls: regional(reference).describe('ARN of the routing control of each region.'),
      gate: reference.optional().describe('Routing control that a gating rule wants on; a person turns it on.'),
    }),
  ])
  .default({ by: 'route53-records' })
  .describe('What moves its customers; the records themselves unless said.');

/** Cron, queue workers and the like: on in one region at a time. */
export const consumers = regional(httpSwitch).describe(
  'Cron, queue workers and the like, which are on in one region at a time; left out where there are none.',
);

/** Requests that fill the caches of a region before customers come. */
export const warmUp = z
  .strictObject({
    url: url.describe('Where they are sent.'),
    paths: z.array(z.string().startsWith('/')).min(1).default(['/']).describe('Below the url; asked in turn.'),
    fasterThan: duration.default(500).describe('Warm is when the answers are good and at least this fast …'),
    inARow: z
      .int()
      .positive()
      .default(10)
      .describe('… so many times in a row.')
      .meta({ examples: [10] }),
    atMost: z
      .int()
      .positive()
      .default(200)
      .describe('Requests after which it is given up.')
      .meta({ examples: [200] }),
  })
  .describe('Requests that fill its caches before customers come; without it nothing is warmed.');
