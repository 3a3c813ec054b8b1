import { z } from 'zod';

const name = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'use small letters, digits and dashes');
/** A value, or a reference to one: `env:NAME` or `file:PATH`. Secrets must be references. */
const reference = z.string().min(1);
const secret = z.string().regex(/^(env|file):.+/, 'a secret must be a reference: env:NAME or file:PATH');
const url = reference;

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** `500ms`, `15s`, `2m`, `1h`, `1d` → milliseconds. */
export const duration = z
  .string()
  .regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, 'use a duration such as 500ms, 15s, 2m, 1h')
  .transform((text) => {
    const [, amount, , unit] = /^(\d+(\.\d+)?)(ms|s|m|h|d)$/.exec(text)!;
    return Math.round(Number(amount) * units[unit as keyof typeof units]);
  });

const regional = <T extends z.ZodType>(schema: T) => z.record(name, schema);

const region = z.strictObject({
  aws: z.strictObject({ region: z.string(), endpoint: url.optional() }),
});

const vantagePoint = z.strictObject({
  name: z.string().min(1),
  /** GET; 2xx says the region is well, anything else or no answer says it is not. `{region}` is replaced. */
  url,
});

const service = z.strictObject({
  title: z.string(),
  database: name,
  dns: name,
  regions: regional(
    z.strictObject({
      autoScalingGroup: z.string(),
      targetGroup: z.string(),
      /** Base URL of the service in this region, past the load balancer. */
      url,
      /** Instances that carry the whole load. */
      fullCapacity: z.int().positive(),
    }),
  ),
  /** Ways to see a region's health that do not depend on each other. */
  vantagePoints: z.array(vantagePoint).min(2, 'name at least two independent vantage points'),
  /** The service as customers reach it; the synthetic write and read go there. */
  customers: z.strictObject({
    url,
    /** GET → { outage: { startedAt, endedAt, totalMs }, … }: what customers saw. */
    outage: url.optional(),
    /** GET ?since= → { orders: [{ id, at }] }: writes that customers hold an acknowledgement for. */
    acknowledged: url.optional(),
  }),
});

const database = z.strictObject({
  engine: z.literal('postgres'),
  regions: regional(z.strictObject({ instance: z.string(), connection: secret })),
  /** Table and columns that hold the acknowledged writes, for counting what is lost. */
  ledger: z.strictObject({ table: z.string(), id: z.string(), at: z.string() }).optional(),
  integrity: z.array(z.strictObject({ name: z.string(), sql: z.string(), expect: z.union([z.string(), z.number()]) })).default([]),
  /** Record that the service finds its database by (SRV), in the zone of `dns`. */
  endpointRecord: z.strictObject({ zone: z.string(), name: z.string() }).optional(),
});

const dns = z.strictObject({
  zone: z.string(),
  name: z.string(),
  type: z.enum(['A', 'AAAA', 'CNAME']),
  strategy: z.enum(['weighted', 'failover']),
  ttl: z.int().positive(),
  /** Set identifier of the record of each region. */
  sets: regional(z.string()),
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
  aws: z.strictObject({
    global: z.strictObject({ region: z.string(), endpoint: url.optional() }),
    credentials: z.strictObject({ accessKeyId: reference, secretAccessKey: secret }).optional(),
  }),
  regions: regional(region),
  services: z.record(name, service),
  databases: z.record(name, database),
  dns: z.record(name, dns),
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
    coolDown: duration,
    /** Shares of traffic in percent, e.g. [20, 60, 100]. */
    stages: z.array(z.int().min(1).max(100)).min(1),
    stageFor: duration,
    watchFor: duration,
    abortAbove: z.strictObject({ errorRate: z.number().min(0).max(1) }),
  }),
  people: z.array(person),
  notify: z.strictObject({
    slack: z.strictObject({ url, token: secret, channel: z.string() }).optional(),
    pagerduty: z.strictObject({ url, routingKey: secret }).optional(),
    statuspage: z.strictObject({ url, page: z.string(), apiKey: secret }).optional(),
  }),
  archive: z.strictObject({ folder: reference }),
});

/** One system that Muster looks after, as its YAML file says it; durations are milliseconds. */
export type Environment = z.output<typeof environmentSchema>;
