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
  /** Key of the instance's storage, in its own region: a replica of an encrypted source in another region cannot be made without one. */
  kmsKey: z
    .string()
    .regex(
      /^(arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)\/[\w/-]+|alias\/[\w/-]+|[0-9a-f-]{36}|mrk-[0-9a-f]{32})$/,
      'use the ARN, the id or the alias of a key',
    )
    .optional(),
  logExports: z.array(z.string()).optional(),
});
