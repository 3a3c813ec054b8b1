import { z } from 'zod';
import { duration, name, reference, regional, secret, url, zoneId } from './schema/basics.ts';
import { backup } from './schema/backup.ts';
import { cache } from './schema/cache.ts';
import { cluster } from './schema/cluster.ts';
import { incidents } from './schema/incidents.ts';
import { instanceSettings } from './schema/instance-settings.ts';
import { email, ticket } from './schema/notify.ts';
import { readiness } from './schema/readiness.ts';
import { service } from './schema/service.ts';
import { traffic } from './schema/traffic.ts';

export { duration } from './schema/basics.ts';

const region = z.strictObject({
  /** Left out where the system does not run on AWS. */
  aws: z.strictObject({ region: z.string(), endpoint: url.optional() }).exactOptional(),
});

const wholeMinutes = duration.refine((ms) => ms >= 60_000 && ms % 60_000 === 0, 'use whole minutes, e.g. 5m');
const alarm = z
  .strictObject({
    name,
    /** A metric of AWS/RDS, e.g. `FreeStorageSpace`, in CloudWatch's own unit. */
    metric: z.string().min(1),
    statistic: z.enum(['Average', 'Minimum', 'Maximum', 'Sum']),
    above: z.number().optional(),
    below: z.number().optional(),
    for: wholeMinutes,
    /** ARNs that are told. */
    actions: z.array(z.string()).default([]),
  })
  .refine(({ above, below }) => (above === undefined) !== (below === undefined), 'say either above or below');

const integrityQuery = z.strictObject({
  name: z.string(),
  /** Answers one value. */
  sql: z.string(),
  expect: z.union([z.string(), z.number()]),
  /** Answers the rows that are wrong: `id`, and `at` when they say when they were written. Names them, and finds out since when. */
  rows: z.string().optional(),
});

const database = z.strictObject({
  engine: z.literal('postgres'),
  regions: regional(z.strictObject({ instance: z.string().exactOptional(), connection: secret, settings: instanceSettings.optional() })),
  /** Table and columns that hold the acknowledged writes, for counting what is lost. */
  ledger: z.strictObject({ table: z.string(), id: z.string(), at: z.string() }).optional(),
  integrity: z.array(integrityQuery).default([]),
  /** What must be watched on whichever instance is the primary; a promoted or restored one inherits no alarms. */
  alarms: z.array(alarm).default([]),
  /** Answers when the last check of the data passed: the newest time that is surely good to restore to. */
  lastGood: z.strictObject({ sql: z.string() }).optional(),
  /** Record that the service finds its database by (SRV), in the zone of `dns`; `zoneId` where several zones have its name. */
  endpointRecord: z.strictObject({ zone: z.string(), zoneId: zoneId.optional(), name: z.string() }).optional(),
  /** Logical backups, beside what RDS keeps. */
  backup: backup.optional(),
  /** The service that runs it, where Muster may restart it. */
  runsAs: name.exactOptional(),
});

const dns = z.strictObject({
  zone: z.string(),
  /** Which zone, where a private and a public one have the same name; the one that customers ask. */
  zoneId: zoneId.optional(),
  name: z.string(),
  type: z.enum(['A', 'AAAA', 'CNAME']),
  strategy: z.enum(['weighted', 'failover']),
  ttl: z.int().positive(),
  /** Set identifier of the record of each region. */
  sets: regional(z.string()),
  traffic,
});

const person = z.strictObject({
  subject: name,
  name: z.string(),
  roles: z.array(z.enum(['viewer', 'responder', 'approver', 'admin'])).min(1),
  duties: z.array(name).default([]),
  /** `sha256:<hex>` of this person's tokens, or references to the tokens themselves. */
  tokens: z.array(reference).default([]),
});

export const environmentSchema = z.strictObject({
  version: z.literal(1),
  name,
  title: z.string(),
  orchestrator: z.strictObject({
    taskQueue: name,
    /** Region where Temporal, API and workers live, or `elsewhere`. It must not be a region that they fail over. */
    region: name,
  }),
  aws: z
    .strictObject({
      global: z.strictObject({ region: z.string(), endpoint: url.optional() }),
      credentials: z.strictObject({ accessKeyId: reference, secretAccessKey: secret }).optional(),
    })
    .exactOptional(),
  regions: regional(region),
  services: z.record(name, service).default({}),
  databases: z.record(name, database).default({}),
  clusters: z.record(name, cluster).default({}),
  /** Caches that incident runbooks look at. */
  caches: z.record(name, cache).default({}),
  dns: z.record(name, dns).default({}),
  failover: z.strictObject({
    targets: z.strictObject({ rto: duration, rpo: duration }),
    approval: z.strictObject({
      duty: name,
      quorum: z.int().min(1),
      within: duration,
      expiresAfter: duration,
      /** Asked for when the old primary could not be fenced, or the lag is over the budget. */
      stronger: z.strictObject({ duty: name, quorum: z.int().min(1) }),
      escalateTo: z.array(name).default([]),
    }),
    coolDown: duration.default(1_800_000),
    /** Shares of traffic in percent, e.g. [20, 60, 100]. */
    stages: z.array(z.int().min(1).max(100)).min(1).default([20, 60, 100]),
    stageFor: duration.default(300_000),
    watchFor: duration.default(1_800_000),
    abortAbove: z.strictObject({ errorRate: z.number().min(0).max(1) }).default({ errorRate: 0.05 }),
  }),
  people: z.array(person),
  notify: z.strictObject({
    slack: z.strictObject({ url, token: secret, channel: z.string() }).optional(),
    pagerduty: z.strictObject({ url, routingKey: secret }).optional(),
    statuspage: z.strictObject({ url, page: z.string(), apiKey: secret }).optional(),
    ticket: ticket.optional(),
    email: email.optional(),
  }),
  /** How it deals with incidents: severities, ladders, people, messages, what is checked and kept. */
  incidents: incidents.exactOptional(),
  /** Whether its recovery plans would work, looked at before they are needed. */
  readiness,
  archive: z.strictObject({ folder: reference }),
  /** How it is proven who decides, see docs/adr/0012-signed-decisions.md. */
  decisions: z
    .strictObject({
      /** What a command counts that came past API, console and command line: all of it (`allow`), what can be undone (`undoable`), or nothing (`refuse`). */
      unsigned: z.enum(['allow', 'undoable', 'refuse']).default('undoable'),
      /** The private key (Ed25519, PEM) that API and command line sign with; one in Muster's home unless said, made at the first start. */
      signWith: secret.exactOptional(),
      /** The public keys that count (PEM, or base64 as the API says its own at its start); that of `signWith` unless said. */
      keys: z.array(reference).min(1).exactOptional(),
    })
    .prefault({}),
});

/** One system that Muster looks after, as its YAML file says it; durations are milliseconds. */
export type Environment = z.output<typeof environmentSchema>;
