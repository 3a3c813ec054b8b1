import { z } from 'zod';
import { account, region } from './schema/aws.ts';
import { name, reference, regional, secret } from './schema/basics.ts';
import { cache } from './schema/cache.ts';
import { cluster } from './schema/cluster.ts';
import { database } from './schema/database.ts';
import { dns } from './schema/dns.ts';
import { failover } from './schema/failover.ts';
import { incidents } from './schema/incidents.ts';
import { notify } from './schema/notify.ts';
import { person } from './schema/people.ts';
import { readiness } from './schema/readiness.ts';
import { service } from './schema/service.ts';

export { duration } from './schema/basics.ts';

const regionalCache = { url: 'rediss://cache.east.example.com:6379', username: 'muster', password: 'env:SESSIONS_EAST_PASSWORD' };
const caches = {
  sessions: {
    url: 'rediss://cache.example.com:6379',
    username: 'muster',
    password: 'env:SESSIONS_PASSWORD',
    regions: { east: regionalCache },
  },
};

export const environmentSchema = z.strictObject({
  version: z.literal(1).describe('Version of this form.'),
  name: name.describe('Name of the system; it stands in every record.'),
  title: z.string().describe('As people call it.'),
  orchestrator: z
    .strictObject({
      taskQueue: name.describe("Temporal's task queue of this system's worker; one for each environment."),
      region: name.describe('Region where Temporal, API and workers live, or `elsewhere`. It must not be a region that they fail over.'),
    })
    .describe('Where Muster itself lives.'),
  aws: account.exactOptional(),
  regions: regional(region).describe('The places where the system runs, with names of your own; one is enough.'),
  services: z.record(name, service).default({}).describe('What people use, and what Muster brings back.'),
  databases: z.record(name, database).default({}).describe('Databases (PostgreSQL) that services stand on, by instances.'),
  clusters: z.record(name, cluster).default({}).describe('Clusters of databases: Aurora, or Multi-AZ DB clusters of RDS.'),
  caches: z
    .record(name, cache)
    .default({})
    .describe('Caches (Redis) that incident runbooks ask how they are, and never what they hold.')
    .meta({ examples: [caches] }),
  dns: z.record(name, dns).default({}).describe('Names of Route 53 that lead customers to a region.'),
  failover,
  people: z.array(person).describe('Who uses Muster for this system.'),
  notify,
  incidents: incidents.exactOptional(),
  readiness,
  archive: z
    .strictObject({ folder: reference.describe("Folder on the worker's machine.") })
    .describe('Where reports and evidence are kept.'),
  decisions: z
    .strictObject({
      unsigned: z
        .enum(['allow', 'undoable', 'refuse'])
        .default('undoable')
        .describe('What a command counts that came past API, console and command line: all of it, what can be undone, or nothing.'),
      signWith: secret
        .exactOptional()
        .describe(
          "The private key (Ed25519, PEM) that API and command line sign with; one in Muster's home unless said, made at the first start.",
        )
        .meta({ examples: ['file:/etc/muster/decisions.pem'] }),
      keys: z
        .array(reference)
        .min(1)
        .exactOptional()
        .describe('The public keys that count (PEM, or base64 as the API says its own at its start); that of `signWith` unless said.')
        .meta({ examples: [['file:/etc/muster/decisions.pub']] }),
    })
    .prefault({})
    .describe('How it is proven who decides, see docs/adr/0012-signed-decisions.md.'),
});

/** One system that Muster looks after, as its YAML file says it; durations are milliseconds. */
export type Environment = z.output<typeof environmentSchema>;
