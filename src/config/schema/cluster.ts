import { z } from 'zod';
import { name, regional, secret } from './basics.ts';

/** A cluster of databases: Aurora, or a Multi-AZ DB cluster, which RDS calls `postgres`. */
export const cluster = z
  .strictObject({
    title: z.string(),
    engine: z.enum(['aurora-postgresql', 'postgres']),
    regions: regional(
      z.strictObject({
        cluster: z.string(),
        /** To the cluster's own endpoint, which leads to the writer. */
        connection: secret,
        members: z.array(z.string()).min(1),
      }),
    ),
    /** Identifier of the global cluster that joins the regions. */
    global: z.string().optional(),
    service: name.optional(),
  })
  .refine(({ engine, global }) => global === undefined || engine.startsWith('aurora'), 'only Aurora has global clusters')
  .refine(
    ({ regions, global }) => Object.keys(regions).length === 1 || global !== undefined,
    'name the global cluster that joins the regions',
  );
