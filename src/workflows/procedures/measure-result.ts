import type { Kit } from '../kit/kit.ts';
import { postgres, probes } from '../tools.ts';
import type { PrimaryMove } from './plan.ts';

type Result = Pick<PrimaryMove, 'service' | 'database' | 'to'>;

/** Measures what customers felt: how long they waited, and which acknowledged orders are gone. */
export async function measureResult({ measure, keep, parallel }: Kit, { service, database, to }: Result): Promise<void> {
  const lost = () => postgres.missingOrders({ service, region: to });
  const outage = () => probes.customersOutage({ service });
  const integrity = () => postgres.checkIntegrity({ database, region: to });
  await parallel(
    async () => keep('lost', await measure('Find the acknowledged orders that are gone', lost, ({ count }) => `${count} are gone`)),
    async () =>
      keep('outage', await measure('Ask how long customers waited', outage, ({ totalMs }) => `${(totalMs / 1_000).toFixed(1)} s`)),
    async () => keep('integrity', await measure('Check that the data is whole', integrity, sayIntegrity)),
  );
}

function sayIntegrity(checks: { name: string; holds: boolean }[]): string {
  const broken = checks.filter(({ holds }) => !holds).map(({ name }) => name);
  return broken.length === 0 ? `${checks.length} of ${checks.length} checks hold` : `does not hold: ${broken.join(', ')}`;
}
