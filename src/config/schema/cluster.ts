import { z } from 'zod';
import { name, regional, secret } from './basics.ts';

const place = z.strictObject({
  cluster: z.string().describe('Identifier of the cluster in RDS.'),
  connection: secret.describe("How Muster connects, as a reference to a URL: to the cluster's own endpoint, which leads to the writer."),
  members: z.array(z.string()).min(1).describe('Identifiers of its instances.'),
});

/** A cluster of databases: Aurora, or a Multi-AZ DB cluster, which RDS calls `postgres`. */
export const cluster = z
  .strictObject({
    title: z.string().describe('As people call it.'),
    engine: z.enum(['aurora-postgresql', 'postgres']).describe('Aurora, or a Multi-AZ DB cluster, which RDS calls `postgres`.'),
    regions: regional(place).describe('Where it has members.'),
    global: z.string().optional().describe('Identifier of the global cluster that joins the regions; needed where there are several.'),
    service: name.optional().describe('The service of this file whose proofs show that the cluster works.'),
  })
  .refine(({ engine, global }) => global === undefined || engine.startsWith('aurora'), 'only Aurora has global clusters')
  .refine(
    ({ regions, global }) => Object.keys(regions).length === 1 || global !== undefined,
    'name the global cluster that joins the regions',
  );
