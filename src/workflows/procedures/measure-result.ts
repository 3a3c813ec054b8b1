import type { Kit } from '../kit/kit.ts';
import { postgres, probes } from '../tools.ts';
import type { RegionMove } from './plan.ts';

/** Measures what customers felt: how long they waited, and which acknowledged orders are gone. */
export async function measureResult({ measure, keep, parallel }: Kit, { service, database, to }: RegionMove): Promise<void> {
  await parallel(
    async () =>
      keep('lost', await measure('Find the acknowledged orders that are gone', () => postgres.missingOrders({ service, region: to }))),
    async () => keep('outage', await measure('Ask how long customers waited', () => probes.customersOutage({ service }))),
    async () => keep('integrity', await measure('Check that the data is whole', () => postgres.checkIntegrity({ database, region: to }))),
  );
}
