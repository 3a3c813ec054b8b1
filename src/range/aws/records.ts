import type { RegionName } from '../contract.ts';
import type { Moto } from './moto.ts';
import { recordsOf } from './route53.ts';
import { databaseName, shopName } from './seed.ts';

/** What the records of the practice zone say now. */
export interface Records {
  shop: { set: RegionName; weight: number; ttl: number }[];
  /** Null when there is no such record, or none that can be read. */
  database: { host: string; port: number } | null;
}

/** Reads the records past the gateway, so that looking is not counted as a call. */
export async function readRecords(moto: Moto, zoneId: string): Promise<Records> {
  const records = await recordsOf(moto, zoneId);
  const shop = records
    .filter(({ Name, SetIdentifier }) => Name === shopName && (SetIdentifier === 'east' || SetIdentifier === 'west'))
    .map(({ SetIdentifier, Weight = 0, TTL = 0 }) => ({ set: SetIdentifier as RegionName, weight: Weight, ttl: TTL }));
  const service = records.find(({ Name, Type }) => Name === databaseName && Type === 'SRV');
  const [, port, host] = /^\d+ \d+ (\d+) (.+?)\.?$/.exec(service?.ResourceRecords?.[0]?.Value ?? '') ?? [];
  return { shop, database: host && port ? { host, port: Number(port) } : null };
}
