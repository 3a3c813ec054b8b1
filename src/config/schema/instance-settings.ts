import { z } from 'zod';

/** How a database instance of a region is set, for when it must be made anew and none is left to take it from. */
export const instanceSettings = z
  .strictObject({
    instanceClass: z.string().optional().describe('Class of the instance; that of the source unless said.'),
    subnetGroup: z
      .string()
      .optional()
      .describe("DB subnet group; the account's default unless said.")
      .meta({ examples: ['shop-west'] }),
    securityGroups: z
      .array(z.string())
      .optional()
      .describe("Ids of VPC security groups; the VPC's default unless said.")
      .meta({ examples: [['sg-0a1b2c3d']] }),
    parameterGroup: z.string().optional().describe("DB parameter group; the engine's default unless said."),
    multiAz: z.boolean().optional().describe('Whether it stands in more than one zone.'),
    deletionProtection: z.boolean().optional().describe('Whether it is kept from being deleted.'),
    kmsKey: z
      .string()
      .regex(
        /^(arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)\/[\w/-]+|alias\/[\w/-]+|[0-9a-f-]{36}|mrk-[0-9a-f]{32})$/,
        'use the ARN, the id or the alias of a key',
      )
      .optional()
      .describe(
        "Key of the instance's storage, in its own region: a replica of an encrypted source in another region cannot be made without one.",
      )
      .meta({ examples: ['alias/shop-west'] }),
    logExports: z
      .array(z.string())
      .optional()
      .describe('Logs that are sent to CloudWatch.')
      .meta({ examples: [['postgresql']] }),
  })
  .describe(
    'How an instance is made anew here when none is left to take its settings from; else those of the one that is there are taken.',
  );
