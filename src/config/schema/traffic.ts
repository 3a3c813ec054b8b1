import { z } from 'zod';
import { duration, reference, regional, secret, url } from './basics.ts';

/** A switch over HTTP: GET → { on }, PUT { on } with the token. */
const httpSwitch = z.strictObject({ url, token: secret });

/** What moves the customers of a name from one region to another. */
export const traffic = z
  .discriminatedUnion('by', [
    /** The records themselves are changed, through Route 53's control plane. */
    z.strictObject({ by: z.literal('route53-records') }),
    /** Route 53's health checkers watch, inverted, a switch in the standby's region: while it is on, that region takes the traffic over. */
    z.strictObject({ by: z.literal('route53-health-check'), switches: regional(httpSwitch) }),
    /** Routing controls of Application Recovery Controller; the endpoints are kept here because its control plane may be away. */
    z.strictObject({
      by: z.literal('arc-routing-control'),
      cluster: z.array(z.strictObject({ region: z.string(), endpoint: url })).length(5, 'name all five endpoints of the cluster'),
      controls: regional(reference),
      /** Routing control that a gating rule wants on; a person turns it on. */
      gate: reference.optional(),
    }),
  ])
  .default({ by: 'route53-records' });

/** Cron, queue workers and the like: on in one region at a time. */
export const consumers = regional(httpSwitch);

/** Requests that fill the caches of a region before customers come. */
export const warmUp = z.strictObject({
  url,
  /** Below the url; asked in turn. */
  paths: z.array(z.string().startsWith('/')).min(1).default(['/']),
  /** Warm is when so many answers in a row are good and at least this fast. */
  fasterThan: duration.default(500),
  inARow: z.int().positive().default(10),
  /** Requests after which it is given up. */
  atMost: z.int().positive().default(200),
});
