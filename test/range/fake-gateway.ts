import assert from 'node:assert/strict';
import type { RegionName } from '../../src/range/contract.ts';
import type { Estate } from '../../src/range/estate.ts';
import type { Gateway } from '../../src/range/aws/gateway.ts';

export interface FakeGateway extends Gateway {
  readonly estate: Estate;
  readonly lost: Set<RegionName>;
  /** Sets the weights of the shop's records. */
  shift(weights: Record<RegionName, number>): void;
  /** Points the database's record at an instance. */
  point(instance: string): void;
}

/** A gateway in memory: records that a test sets, and no AWS. */
export function fakeGateway(estate: Estate): FakeGateway {
  const lost = new Set<RegionName>();
  let weights = { east: 100, west: 0 };
  let port = estate.database('orders-east')!.port;
  return {
    estate,
    lost,
    endpoints: { global: 'http://127.0.0.1:1', east: 'http://127.0.0.1:2', west: 'http://127.0.0.1:3' },
    secret: 'practice',
    fault: () => undefined,
    healFaults: () => undefined,
    calls: () => [],
    clearCalls: () => undefined,
    loseRegion: async (region) => void lost.add(region),
    healRegion: async (region) => void lost.delete(region),
    setGrey: () => undefined,
    arc: noCluster,
    records: async () => ({
      shop: [
        { set: 'east', weight: weights.east, ttl: 1 },
        { set: 'west', weight: weights.west, ttl: 1 },
      ],
      database: { host: '127.0.0.1', port },
    }),
    rollouts: {
      of: () => [],
      version: () => '2',
      heading: () => '2',
      start: () => assert.fail('nothing is rolled out here'),
      cancel: () => assert.fail('nothing is rolled out here'),
      publish: async () => undefined,
    },
    takeFirstBackups: async () => undefined,
    stop: async () => undefined,
    shift: (now) => (weights = now),
    point: (instance) => (port = estate.database(instance)!.port),
  };
}

/** Routing controls that nobody can turn. */
const noCluster: NonNullable<Gateway['arc']> = {
  endpoints: [11, 12, 13, 14, 15].map((port) => ({ region: `region-${port}`, url: `http://127.0.0.1:${port}` })),
  controls: { east: 'arn:east', west: 'arn:west' },
  gate: 'arn:gate',
  isOn: (arn) => arn === 'arn:east',
  down: async () => undefined,
  loseRegion: async () => undefined,
  healRegion: async () => undefined,
  close: async () => undefined,
};
