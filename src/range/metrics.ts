import { Counter, Gauge, Registry } from 'prom-client';
import type { RangeStatus } from './contract.ts';

/** What watches the shop from outside, as a Prometheus reads it: records of its name, instances, orders of customers, the replica's lag. */
export async function rangeMetrics({ regions, customers, replicaLagMs }: RangeStatus): Promise<{ type: string; text: string }> {
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string) => new Gauge({ name, help, labelNames: ['region'] as const, registers });
  const weight = gauge('shop_dns_weight', 'Weight of the record that leads customers to the region');
  const ready = gauge('shop_instances_ready', 'Instances of the shop that are ready');
  for (const [region, { weight: share, shop }] of Object.entries(regions)) {
    weight.set({ region }, share);
    ready.set({ region }, shop.healthy);
  }
  const help = 'Orders that customers placed, by how they ended';
  const orders = new Counter({ name: 'shop_customer_orders_total', help, labelNames: ['outcome'] as const, registers });
  orders.inc({ outcome: 'acknowledged' }, customers.acknowledged);
  orders.inc({ outcome: 'failed' }, customers.failed);
  const lag = new Gauge({ name: 'shop_replica_lag_seconds', help: 'How far the replica is behind', registers });
  lag.set(replicaLagMs === null ? NaN : replicaLagMs / 1_000);
  return { type: registry.contentType, text: await registry.metrics() };
}
