import type { RangeStatus, RegionName } from './contract.ts';
import type { Customers } from './shop/customers.ts';
import type { FaultTargets, Faults } from './faults.ts';

/** How the range is now: what PostgreSQL, the shops and the records say. */
export async function readStatus(targets: FaultTargets, faults: Faults, customers: Customers): Promise<RangeStatus> {
  const { databases, shops, gateway, traffic, inbox, lost } = targets;
  const [records] = await Promise.all([traffic.lookUp(), databases.refresh()]);
  const calls = gateway.calls();
  const regionStatus = (region: RegionName): RangeStatus['regions'][RegionName] => ({
    lost: lost.has(region),
    database: databases.role(region),
    shop: { desired: shops[region].desired(), healthy: shops[region].instances().filter(({ ready }) => ready).length },
    weight: records.find(({ set }) => set === region)?.weight ?? 0,
  });
  return {
    regions: { east: regionStatus('east'), west: regionStatus('west') },
    replicaLagMs: databases.lagMs(),
    customers: customers.counts(),
    faults: faults.active(),
    calls: { total: calls.length, stateChanging: calls.filter(({ stateChanging }) => stateChanging).length },
    inbox: inbox.messages().length,
  };
}
