import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { RegionName } from '../contract.ts';
import type { Moto } from './moto.ts';
import { recordsOf } from './route53.ts';
import { databaseName, shopName } from './seed.ts';
import type { FailoverRecord } from '../shop/traffic.ts';
import { failoverNames, type HealthChecks } from './health-checks.ts';

/** What the records of the practice zone say now. */
export interface Records {
  shop: { set: RegionName; weight: number; ttl: number }[];
  /** Null when there is no such record, or none that can be read. */
  database: { host: string; port: number } | null;
  /** The shop's other names, with what their health checks say; missing when this estate has none. */
  failover?: FailoverRecord[];
}

/** Reads the practice zone past the gateway, so that looking is not counted as a call. */
export interface RecordsReader {
  read(checks?: HealthChecks): Promise<Records>;
  /** The zone may have changed: the next look asks moto again. */
  forget(): void;
}

/** Shops, customers and consumers look many times a second, and a record changes a few times an hour: what was read is kept until then. */
export function createRecordsReader(moto: Moto, zoneId: string): RecordsReader {
  let kept: Promise<ResourceRecordSet[]> | undefined;
  const forget = () => void (kept = undefined);
  return {
    forget,
    read: async (checks) => {
      const reading = (kept ??= recordsOf(moto, zoneId));
      // A look that failed says nothing about the next one.
      reading.catch(() => kept === reading && forget());
      return toRecords(await reading, checks);
    },
  };
}

function toRecords(records: readonly ResourceRecordSet[], checks?: HealthChecks): Records {
  const shop = records
    .filter(({ Name, SetIdentifier }) => Name === shopName && (SetIdentifier === 'east' || SetIdentifier === 'west'))
    .map(({ SetIdentifier, Weight = 0, TTL = 0 }) => ({ set: SetIdentifier as RegionName, weight: Weight, ttl: TTL }));
  const service = records.find(({ Name, Type }) => Name === databaseName && Type === 'SRV');
  const [, port, host] = /^\d+ \d+ (\d+) (.+?)\.?$/.exec(service?.ResourceRecords?.[0]?.Value ?? '') ?? [];
  const database = host && port ? { host, port: Number(port) } : null;
  return { shop, database, ...(checks ? { failover: failoverOf(records, checks) } : {}) };
}

function failoverOf(records: readonly ResourceRecordSet[], checks: HealthChecks): FailoverRecord[] {
  return (['switch', 'arc'] as const).flatMap((name) =>
    records
      .filter((record) => record.Name === failoverNames[name])
      .map(({ SetIdentifier = '', Failover, TTL = 0, HealthCheckId }) => ({
        ...{ name, region: SetIdentifier.endsWith('-west') ? ('west' as const) : ('east' as const) },
        ...{ primary: Failover === 'PRIMARY', ttl: TTL, healthy: HealthCheckId === undefined || checks.healthy(HealthCheckId) },
      })),
  );
}
