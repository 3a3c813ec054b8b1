import { z } from 'zod';
import { backup } from './backup.ts';
import { duration, name, regional, secret, zoneId } from './basics.ts';
import { instanceSettings } from './instance-settings.ts';

const wholeMinutes = duration.refine((ms) => ms >= 60_000 && ms % 60_000 === 0, 'use whole minutes, e.g. 5m');
const alarm = z
  .strictObject({
    name: name.describe('What the alarm is called; the name of the instance is put before it.'),
    metric: z.string().min(1).describe("A metric of AWS/RDS, in CloudWatch's own unit."),
    statistic: z.enum(['Average', 'Minimum', 'Maximum', 'Sum']).describe('What is taken of the readings of a period.'),
    above: z.number().optional().describe('It rings above this value; say either this or `below`.'),
    below: z.number().optional().describe('It rings below this value; say either this or `above`.'),
    for: wholeMinutes.describe('It must be so for so long, in whole minutes.'),
    actions: z
      .array(z.string())
      .default([])
      .describe('ARNs that are told; without any the alarm is only to be seen in CloudWatch.')
      .meta({ examples: [['arn:aws:sns:us-east-1:123456789012:on-call']] }),
  })
  .refine(({ above, below }) => (above === undefined) !== (below === undefined), 'say either above or below');

const integrityQuery = z.strictObject({
  name: z.string().describe('What must be so, as a sentence.'),
  sql: z.string().describe('A query that reads and answers one value.'),
  expect: z.union([z.string(), z.number()]).describe('The value that it answers while the data is sound.'),
  rows: z
    .string()
    .optional()
    .describe(
      'A query for the rows that are wrong: `id`, and `at` when they say when they were written. It names them, and finds out since when.',
    ),
});

const place = z.strictObject({
  instance: z.string().exactOptional().describe('Identifier of the instance in RDS; left out where the database is not of RDS.'),
  connection: secret.describe('How Muster connects, as a reference to a URL `postgres://user:password@host:port/database`.'),
  settings: instanceSettings.optional(),
});

/** A database that services stand on. */
export const database = z.strictObject({
  engine: z.literal('postgres').describe('PostgreSQL is the one that Muster knows.'),
  regions: regional(place).describe('Where it is: the primary in one region, its replicas in the others; Muster looks which is which.'),
  ledger: z
    .strictObject({
      table: z.string().describe('Table with one row for each acknowledged write.'),
      id: z.string().describe('Column with the id of the write.'),
      at: z.string().describe('Column with the time at which it was written.'),
    })
    .optional()
    .describe('What holds the acknowledged writes, for counting what is lost; without it lost writes are "not counted".'),
  integrity: z
    .array(integrityQuery)
    .default([])
    .describe('Questions that show whether the data is sound; without any a restore or a promotion is not checked for what it holds.'),
  alarms: z
    .array(alarm)
    .default([])
    .describe('What must be watched on whichever instance is the primary; a promoted or restored one inherits no alarms.'),
  lastGood: z
    .strictObject({
      sql: z.string().describe('A query that answers one time.'),
    })
    .optional()
    .describe(
      'Answers when the last check of the data passed: the newest time that is surely good to restore to. Without it people name the time.',
    )
    .meta({ examples: [{ sql: 'SELECT max(passed_at) FROM checks' }] }),
  endpointRecord: z
    .strictObject({
      zone: z.string().describe('Name of the zone, with its last dot.'),
      zoneId: zoneId
        .optional()
        .describe('Id of the zone, where several zones have its name.')
        .meta({ examples: ['Z0123456789ABC'] }),
      name: z.string().describe('Name of the record, with its last dot.'),
    })
    .optional()
    .describe('Record of Route 53 that the service finds its database by (SRV); left out where each region has its own local name.'),
  backup: backup.optional(),
  runsAs: name
    .exactOptional()
    .describe('The service of this file that runs the database, where Muster may restart it.')
    .meta({ examples: ['postgres'] }),
});
