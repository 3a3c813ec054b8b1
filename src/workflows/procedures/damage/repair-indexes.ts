import type { Kit } from '../../kit/kit.ts';
import type { DatabasePlan } from '../../plans/plan.ts';
import { integrity, postgres } from '../../tools.ts';
import { measureOutage, watchCustomers } from '../evidence/customers.ts';
import { proveService } from '../service/prove.ts';

/** Makes damaged indexes anew from their tables, and proves that every row is found through them. */
export async function rebuildIndexes({ step }: Kit, { database, region }: DatabasePlan, indexes: string[]): Promise<void> {
  for (const index of indexes)
    await step(`Make the index ${index} anew and prove it`, () => integrity.rebuildIndexes({ database, region, indexes: [index] }));
}

/** Lets the writers in again, and proves with a write that customers are served. */
export async function letWritersIn(kit: Kit, plan: DatabasePlan): Promise<void> {
  const { step } = kit;
  const { database, region } = plan;
  await step(`Let writers into ${database} in ${region} again`, () => postgres.unfenceDatabase({ database, region }));
  await proveService(kit, plan);
  await watchCustomers(kit, plan);
  await measureOutage(kit, plan);
}
