import { fakes, type Fakes } from './fakes.ts';
import { plan } from './fake-regions.ts';

const at = '2026-11-21T03:00:00Z';
const seen = { readings: 10, good: 10, bad: 0, missing: 0, errorRate: 0, worstMs: 5 };
const standby = { reachable: true, inRecovery: true, lastReplayedAt: at, lagMs: 100, replayLsn: '0/1', writers: 0 };

type Asked = { region?: string; on?: boolean; to?: string };

/** Two regions of which east is left; consumers and routing controls remember what was done to them. */
export function regions(more: Record<string, unknown> = {}): Fakes {
  const consumers: Record<string, boolean | null> = { east: true, west: false };
  const detail = (on: boolean | null) => (on === null ? 'cannot be read (a test)' : on ? 'on' : 'off');
  return fakes({
    readCapacity: { desired: 1, min: 1, max: 6, inService: 1, suspended: false },
    targetHealth: { healthy: 1, total: 1, reasons: [] },
    callerIdentity: { account: '1', arn: 'arn:aws:iam::1:user/practice' },
    quotas: [{ quota: 'L-1216C47A', needed: 6, have: 64 }],
    readRecordSets: [
      { region: 'east', set: 'east', weight: 100, value: 'east.lb.', ttl: 1 },
      { region: 'west', set: 'west', weight: 0, value: 'west.lb.', ttl: 1 },
    ],
    readTrafficSwitches: [{ region: 'west', on: false, detail: 'off' }],
    readRoutingControls: controls(5),
    readConsumers: () => Object.entries(consumers).map(([region, on]) => ({ region, on, detail: detail(on) })),
    turnConsumers: ({ region, on }: Asked) => (consumers[region!] = on!),
    warmCaches: { requests: 12, firstMs: 900, lastMs: 20 },
    describeDatabase: ({ region }: Asked) => ({
      ...{ instance: `orders-${region}`, status: 'available', role: region === 'west' ? 'replica' : 'primary' },
    }),
    replicationState: ({ region }: Asked) => (region === 'west' ? standby : { ...standby, inRecovery: false, lagMs: null }),
    missingOrders: { acknowledged: 100, missing: [], count: 0, lostMs: 0 },
    checkIntegrity: [{ name: 'whole', value: 0, expected: 0, holds: true }],
    fenceDatabase: { lsn: '0/1' },
    vantage: ['control room', 'edge', 'peer'].map((name) => ({ name, healthy: true, detail: 'a test', ms: 1 })),
    observeService: seen,
    customersOutage: { startedAt: null, endedAt: null, totalMs: 0, failed: 0, over: true },
    ...more,
  });
}

const clusterRegions = ['us-east-1', 'us-west-2', 'eu-west-1', 'ap-northeast-1', 'ap-southeast-2'];

/** Routing controls of which so many endpoints answer. */
export const controls = (answering: number, gate: 'On' | 'Off' | null = 'On') => ({
  states: [
    { region: 'east', state: 'On' },
    { region: 'west', state: 'Off' },
  ],
  ...{ gate, answeredBy: clusterRegions.at(-1) },
  endpoints: clusterRegions.map((region, index) => ({ region, answers: index >= 5 - answering, detail: 'a test' })),
});

const whole = { traffic: { ...plan.traffic, stages: [100] }, dnsTtlMs: 1_000 };

/** The plan with each of the three ways. */
export const plans = {
  records: { ...plan, trafficBy: 'route53-records' },
  switch: { ...plan, ...whole, dns: 'shop-switch', trafficBy: 'route53-health-check', switches: ['west'] },
  arc: { ...plan, ...whole, dns: 'shop-arc', trafficBy: 'arc-routing-control' },
} as const;
