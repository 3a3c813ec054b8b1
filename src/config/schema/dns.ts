import { z } from 'zod';
import { regional, zoneId } from './basics.ts';
import { traffic } from './traffic.ts';

/** A name of Route 53 that leads customers to a region. */
export const dns = z.strictObject({
  zone: z.string().describe('Name of the hosted zone of Route 53, with its last dot.'),
  zoneId: zoneId
    .optional()
    .describe('Which zone, where a private and a public one have the same name: the one that customers ask.')
    .meta({ examples: ['Z0123456789ABC'] }),
  name: z.string().describe('Name that customers use, with its last dot.'),
  type: z.enum(['A', 'AAAA', 'CNAME']).describe('Type of its records; those of other types with the same name move along.'),
  strategy: z
    .enum(['weighted', 'failover'])
    .describe("How Route 53 chooses among its records; `failover` with switches or ARC's controls."),
  ttl: z.int().positive().describe('Seconds for which resolvers keep an answer: so long customers may still go to the old region.'),
  sets: regional(z.string()).describe('Set identifier of the record of each region.'),
  traffic,
});
