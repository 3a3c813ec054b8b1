import { z } from 'zod';

/** How a database instance of a region is set, for when it must be made anew and none is left to take it from. */
export const instanceSettings = z.strictObject({
  instanceClass: z.string().optional(),
  subnetGroup: z.string().optional(),
  /** Ids, e.g. `sg-0a1b2c3d`. */
  securityGroups: z.array(z.string()).optional(),
  parameterGroup: z.string().optional(),
  multiAz: z.boolean().optional(),
  deletionProtection: z.boolean().optional(),
  logExports: z.array(z.string()).optional(),
});
