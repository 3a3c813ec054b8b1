import { randomBytes } from 'node:crypto';
import type { Gateway } from './aws/gateway.ts';
import type { RangeAddresses } from './contract.ts';
import type { Background } from './shop/background.ts';

const people = ['SAM', 'ANA', 'BEN', 'YOU', 'VIC'];

type Sink = 'slack' | 'pagerduty' | 'statuspage' | 'ticket' | 'email';

/** Everything of a range that `environments/range.yaml` refers to. */
export interface RangeFacts {
  control: string;
  edge: string;
  balancers: Record<'east' | 'west', string>;
  vantage: Record<'control' | 'edge' | 'peer', string>;
  aws: Pick<Gateway, 'endpoints' | 'secret' | 'arc'>;
  inbox: { urls: Record<Sink, string>; keys: Record<Sink, string> };
  postgres: Record<'east' | 'west', string>;
  ledger: Record<'east' | 'west', string>;
  /** Folder of the logical backups. */
  backups: string;
  /** The edge's own switches. */
  edgeSwitches: { urls: Record<'maintenance-page' | 'rate-limit', string>; token: string };
  /** The switch of the delivery robot. */
  delivery: { url: string; token: string };
  background: Pick<Background, 'takeover' | 'workers'>;
  /** Password of the customers' account. */
  customer: string;
}

/** The environment variables of a range, with a new random token for each of its people. */
export function rangeVariables({
  control,
  edge,
  balancers,
  vantage,
  aws,
  inbox,
  postgres,
  ledger,
  backups,
  edgeSwitches,
  delivery,
  background: { takeover, workers },
  customer,
}: RangeFacts): RangeAddresses['variables'] {
  const variables: Record<string, string> = {
    CONTROL: control,
    AWS_GLOBAL: aws.endpoints.global,
    AWS_EAST: aws.endpoints.east,
    AWS_WEST: aws.endpoints.west,
    AWS_SECRET: aws.secret,
    SHOP_EAST: balancers.east,
    SHOP_WEST: balancers.west,
    VANTAGE_CONTROL: vantage.control,
    VANTAGE_EDGE: vantage.edge,
    VANTAGE_PEER: vantage.peer,
    EDGE: edge,
    MAINTENANCE_PAGE: edgeSwitches.urls['maintenance-page'],
    RATE_LIMIT: edgeSwitches.urls['rate-limit'],
    EDGE_TOKEN: edgeSwitches.token,
    DELIVERY: delivery.url,
    DELIVERY_TOKEN: delivery.token,
    CUSTOMER_PASSWORD: customer,
    TAKEOVER_WEST: takeover.url,
    TAKEOVER_WEST_TOKEN: takeover.token,
    WORKER_EAST: workers.east.url,
    WORKER_EAST_TOKEN: workers.east.token,
    WORKER_WEST: workers.west.url,
    WORKER_WEST_TOKEN: workers.west.token,
    ...arcVariables(aws.arc),
    CUSTOMERS_OUTAGE: `${control}/customers/outage`,
    CUSTOMERS_ACKNOWLEDGED: `${control}/customers/acknowledged`,
    PG_EAST: postgres.east,
    PG_WEST: postgres.west,
    BACKUPS: backups,
    PG_LEDGER_EAST: ledger.east,
    PG_LEDGER_WEST: ledger.west,
    SLACK: inbox.urls.slack,
    SLACK_TOKEN: inbox.keys.slack,
    PAGERDUTY: inbox.urls.pagerduty,
    PAGERDUTY_KEY: inbox.keys.pagerduty,
    STATUSPAGE: inbox.urls.statuspage,
    STATUSPAGE_KEY: inbox.keys.statuspage,
    TICKET: inbox.urls.ticket,
    TICKET_TOKEN: inbox.keys.ticket,
    SMTP: inbox.urls.email,
  };
  variables['ALERTS_TOKEN'] = randomBytes(32).toString('base64url');
  for (const person of people) variables[`TOKEN_${person}`] = randomBytes(32).toString('base64url');
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [`MUSTER_RANGE_${name}`, value]));
}

/** The cluster's endpoints are numbered: which region each is in stands in the environment file. */
function arcVariables(arc: Gateway['arc']): Record<string, string> {
  if (!arc) return {};
  const endpoints = arc.endpoints.map(({ url }, index) => [`ARC_${index + 1}`, url] as const);
  return { ...Object.fromEntries(endpoints), ARC_CONTROL_EAST: arc.controls.east, ARC_CONTROL_WEST: arc.controls.west, ARC_GATE: arc.gate };
}
