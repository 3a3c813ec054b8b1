import { randomBytes } from 'node:crypto';
import type { RangeAddresses } from './contract.ts';

const people = ['SAM', 'ANA', 'BEN', 'YOU', 'VIC'];

/** Everything of a range that `environments/range.yaml` refers to. */
export interface RangeFacts {
  control: string;
  edge: string;
  balancers: Record<'east' | 'west', string>;
  vantage: Record<'control' | 'edge' | 'peer', string>;
  aws: { endpoints: Record<'global' | 'east' | 'west', string>; secret: string };
  inbox: { urls: Record<'slack' | 'pagerduty' | 'statuspage', string>; keys: Record<'slack' | 'pagerduty' | 'statuspage', string> };
  postgres: Record<'east' | 'west', string>;
}

/** The environment variables of a range, with a new random token for each of its people. */
export function rangeVariables({ control, edge, balancers, vantage, aws, inbox, postgres }: RangeFacts): RangeAddresses['variables'] {
  const variables: Record<string, string> = {
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
    CUSTOMERS_OUTAGE: `${control}/customers/outage`,
    CUSTOMERS_ACKNOWLEDGED: `${control}/customers/acknowledged`,
    PG_EAST: postgres.east,
    PG_WEST: postgres.west,
    SLACK: inbox.urls.slack,
    SLACK_TOKEN: inbox.keys.slack,
    PAGERDUTY: inbox.urls.pagerduty,
    PAGERDUTY_KEY: inbox.keys.pagerduty,
    STATUSPAGE: inbox.urls.statuspage,
    STATUSPAGE_KEY: inbox.keys.statuspage,
  };
  for (const person of people) variables[`TOKEN_${person}`] = randomBytes(32).toString('base64url');
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [`MUSTER_RANGE_${name}`, value]));
}
