import type { RegionName, TrafficName } from '../contract.ts';
import type { ShopRecord } from './edge.ts';

/** A failover record of one of the shop's names. */
export interface FailoverRecord {
  name: Exclude<TrafficName, 'records'>;
  region: RegionName;
  primary: boolean;
  /** Seconds. */
  ttl: number;
  /** What its health check says; true without one. */
  healthy: boolean;
}

/** The name that customers use, of the three that the shop has. */
export interface Traffic {
  by(): TrafficName;
  follow(name: TrafficName): void;
  /** Where the name leads to now. */
  lookUp(): Promise<ShopRecord[]>;
}

/** Customers use the name with the weighted records until they are told another one. */
export function createTraffic(records: () => Promise<{ shop: ShopRecord[]; failover?: FailoverRecord[] }>): Traffic {
  let name: TrafficName = 'records';
  return {
    by: () => name,
    follow: (other) => void (name = other),
    lookUp: async () => {
      const { shop, failover = [] } = await records();
      return name === 'records' ? shop : answerOf(failover.filter((record) => record.name === name));
    },
  };
}

/** As Route 53 answers: the primary while it is healthy, else the secondary while that is, and the primary when nothing is. */
export function answerOf(records: readonly FailoverRecord[]): ShopRecord[] {
  const primary = records.find((record) => record.primary);
  const secondary = records.find((record) => !record.primary);
  const chosen = primary?.healthy ? primary : secondary?.healthy ? secondary : primary;
  return records.map(({ region, ttl }) => ({ set: region, weight: region === chosen?.region ? 100 : 0, ttl }));
}
