import type { Kit } from '../kit/kit.ts';
import { integrity, postgres, probes } from '../tools.ts';
import type { DatabasePlan } from './plan.ts';

/** Makes damaged indexes anew from their tables, and proves that every row is found through them. */
export async function rebuildIndexes({ step }: Kit, { database, region }: DatabasePlan, indexes: string[]): Promise<void> {
  for (const index of indexes)
    await step(`Make the index ${index} anew and prove it`, () => integrity.rebuildIndexes({ database, region, indexes: [index] }));
}

/** Lets the writers in again, and proves with a write that customers are served. */
export async function letWritersIn({ step, watch, measure, keep }: Kit, plan: DatabasePlan): Promise<void> {
  const { database, region, service } = plan;
  await step(`Let writers into ${database} in ${region} again`, () => postgres.unfenceDatabase({ database, region }));
  await step('Prove a write and a read as a customer', () => probes.proveOrder({ service }));
  await watch('Watch the service as customers see it', {
    read: () => probes.observeService({ service, forMs: plan.watch.forMs, everyMs: 250 }),
    holds: ({ errorRate }) => errorRate <= plan.watch.errorRate,
  });
  const outage = () => probes.customersOutage({ service });
  keep('outage', await measure('Ask how long customers waited', outage, ({ totalMs }) => `${(totalMs / 1_000).toFixed(1)} s`));
}
