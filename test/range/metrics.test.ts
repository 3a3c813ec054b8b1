import assert from 'node:assert/strict';
import type { RangeStatus } from '../../src/range/contract.ts';
import { rangeMetrics } from '../../src/range/metrics.ts';

const region = (weight: number, healthy: number): RangeStatus['regions']['east'] => ({
  ...{ lost: false, database: 'primary', shop: { desired: 3, healthy }, weight },
});
const outage = { startedAt: null, endedAt: null, totalMs: 0, failed: 0, over: true, since: null };
const status: RangeStatus = {
  regions: { east: region(100, 3), west: region(0, 1) },
  replicaLagMs: 1_500,
  customers: { placed: 12, acknowledged: 10, failed: 2, lastAcknowledgedAt: null, outage },
  faults: [],
  calls: { total: 0, stateChanging: 0 },
  inbox: 0,
};

describe('the metrics of the range', () => {
  it('say where customers are led, what is ready there, how their orders end, and how far the replica is behind', async () => {
    const { text, type } = await rangeMetrics(status);
    assert.match(type, /^text\/plain/);
    for (const line of [
      'shop_dns_weight{region="east"} 100',
      'shop_dns_weight{region="west"} 0',
      'shop_instances_ready{region="west"} 1',
      'shop_customer_orders_total{outcome="acknowledged"} 10',
      'shop_customer_orders_total{outcome="failed"} 2',
      'shop_replica_lag_seconds 1.5',
    ])
      assert.ok(text.split('\n').includes(line), `${line} is not in\n${text}`);
  });

  it('have no lag where there is no replica', async () => {
    assert.match((await rangeMetrics({ ...status, replicaLagMs: null })).text, /^shop_replica_lag_seconds Nan$/m);
  });
});
