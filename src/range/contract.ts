/** The two regions of the practice range. */
export type RegionName = 'east' | 'west';

/** The three names of the shop: weighted records, failover records that follow a switch, and those that follow routing controls. */
export type TrafficName = 'records' | 'switch' | 'arc';

/** What the background worker of a region has done. */
export interface ConsumerStatus {
  on: boolean;
  beats: number;
  lastAt: string | null;
}

/**
 * How a grey region ails: most calls are answered 503 or with "throttled", every answer is 3 s late, or what goes in is done and no answer
 * ever comes out. Its servers run all the while, and some of what it says is true.
 */
export const greyWays = ['errors', 'throttled', 'slow', 'one-way'] as const;
export type GreyWay = (typeof greyWays)[number];

/** Faults of the range; every one but damaged data (`corrupt-…`) can be healed: that takes a recovery. AWS faults hit the next `times` matching calls (default 1). */
export type Fault =
  | { kind: 'lose-region'; region: RegionName }
  /** Neither there nor gone, for its load balancer, its AWS endpoint and its databases, as seen from outside. */
  | { kind: 'grey-region'; region: RegionName; how: GreyWay }
  /** The server behind the region's own database name dies and stays dead; RDS goes on calling it available. */
  | { kind: 'crash-database'; region: RegionName }
  | { kind: 'lag-replica'; ms: number }
  | { kind: 'crash-shop'; region: RegionName }
  | { kind: 'hang-shop'; region: RegionName }
  /** The delivery robot rolls out a release that fails half of the orders; without a region everywhere. */
  | { kind: 'bad-release'; region?: RegionName }
  | {
      kind: 'aws';
      how: 'throttle' | 'error' | 'reset' | 'stall';
      /** `before` or `after` the commit: after means that it happened though the answer says otherwise. */
      when: 'before' | 'after';
      /** E.g. `PromoteReadReplica`, `ChangeResourceRecordSets`; `*` for all. */
      action: string;
      times?: number;
      /** For `stall`: how long. */
      ms?: number;
    }
  /** The newest `rows` orders (default 5) lose their lines, on every copy: only a question to the data sees it. */
  | { kind: 'corrupt-rows'; rows?: number }
  /** The first page of the primary's orders cannot be read any more; the replica's can. */
  | { kind: 'corrupt-page' }
  /** `rows` entries (default 5) of the primary's index of orders name keys that no row has; the replica gets the page with the next write to it. */
  | { kind: 'corrupt-index'; rows?: number }
  | { kind: 'arc-endpoints-down'; count: number }
  /** The edge's switches act at once and answer `ms` later. */
  | { kind: 'slow-switches'; ms: number }
  /**
   * Services that take messages refuse connections (so by default), never answer, answer 500 or 429, or take what they are sent and cut the
   * connection before they say so.
   */
  | { kind: 'inbox-down'; which?: InboxMessage['to'][]; how?: 'refuse' | 'stall' | 'error' | 'limit' | 'lose-answers' };

/** The faults that `heal` ends. */
export const healableFaults = [
  'lose-region',
  'grey-region',
  'crash-database',
  'lag-replica',
  'crash-shop',
  'hang-shop',
  'bad-release',
  'aws',
  'arc-endpoints-down',
  'slow-switches',
  'inbox-down',
] as const satisfies Fault['kind'][];

export interface AwsCall {
  at: string;
  region: string;
  service: string;
  action: string;
  stateChanging: boolean;
  status: number;
  fault?: string;
}

export interface InboxMessage {
  at: string;
  to: 'slack' | 'pagerduty' | 'statuspage' | 'ticket' | 'email';
  path: string;
  body: unknown;
  /** Its words, where the body hides them (tickets, e-mail). */
  text?: string;
}

export interface AcknowledgedOrder {
  id: string;
  at: string;
}

/** What customers saw, measured from the first failed order to the first good one after the last failed one. */
export interface Outage {
  startedAt: string | null;
  endedAt: string | null;
  totalMs: number;
  failed: number;
  /** False while orders still fail or too few good ones followed. */
  over: boolean;
  /** When the present trouble began, after the last calm; null when an order failed but now and then. */
  since: string | null;
}

export interface RangeStatus {
  regions: Record<
    RegionName,
    {
      lost: boolean;
      database: 'primary' | 'replica' | 'fenced' | 'down';
      shop: { desired: number; healthy: number };
      weight: number;
    }
  >;
  replicaLagMs: number | null;
  customers: { placed: number; acknowledged: number; failed: number; lastAcknowledgedAt: string | null; outage: Outage };
  faults: Fault[];
  calls: { total: number; stateChanging: number };
  inbox: number;
}

/**
 * The range's control API, on loopback: `GET /status`, `GET /metrics` (for Prometheus), `POST /break` (a Fault; with `?outage=new` customers' outage is measured anew), `POST /heal` ({ kind?, region? }; nothing heals all),
 * `GET /calls`, `DELETE /calls`, `GET /traffic`, `POST /traffic` ({ by }: the name that customers use), `GET /consumers`, `GET /inbox`, `GET /customers/acknowledged?since=ISO`, `GET /customers/outage?since=ISO`, `POST /customers/reset-outage`.
 */
export interface RangeAddresses {
  control: string;
  /** Variables that `environments/range.yaml` refers to. */
  variables: Record<string, string>;
}
