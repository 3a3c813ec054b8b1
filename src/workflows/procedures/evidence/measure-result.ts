import type { Kit } from '../../kit/kit.ts';
import type { PrimaryMove } from '../../plans/plan.ts';
import { postgres } from '../../tools.ts';
import { measureOutage } from './customers.ts';

type Result = Pick<PrimaryMove, 'service' | 'database' | 'to'> & Partial<Pick<PrimaryMove, 'from'>>;

/** Measures what customers felt: how long they waited, and which acknowledged orders are gone. */
export async function measureResult(kit: Kit, { service, database, from, to }: Result): Promise<void> {
  const { learn, keep, parallel } = kit;
  const keepRead = (name: string, read: unknown) => (read === undefined ? undefined : keep(name, read));
  const lost = () => postgres.missingOrders({ service, region: to, ...(from === undefined ? {} : { primary: from }) });
  const integrity = () => postgres.checkIntegrity({ database, region: to });
  await parallel(
    async () => keepRead('lost', await learn('Find the acknowledged orders that are gone', lost, sayLost)),
    () => measureOutage(kit, { service }),
    async () => keepRead('integrity', await learn('Check that the data is whole', integrity, sayIntegrity)),
  );
}

const sayLost = ({ count }: { count: number | null }): string =>
  count === null ? 'not counted: customers keep no receipts' : `${count} are gone`;

function sayIntegrity(checks: { name: string; holds: boolean }[]): string {
  const broken = checks.filter(({ holds }) => !holds).map(({ name }) => name);
  return broken.length === 0 ? `${checks.length} of ${checks.length} checks hold` : `does not hold: ${broken.join(', ')}`;
}
