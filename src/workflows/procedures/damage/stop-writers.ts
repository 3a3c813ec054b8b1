import { fact } from '../../facts/facts.ts';
import type { Kit } from '../../kit/kit.ts';
import type { Fact } from '../../messages.ts';
import type { DatabasePlan } from '../../plans/plan.ts';
import { postgres } from '../../tools.ts';
import { gateOf } from '../approval.ts';
import { stopWrites } from '../restore/cut-over.ts';

/**
 * Asks whether the writers are stopped, and stops them when people want it: what customers write goes on being damaged, or is lost with a restore,
 * but a service that takes no orders is an outage. True when they were stopped.
 */
export async function stopIfApproved(kit: Kit, plan: DatabasePlan, until: string, because: string): Promise<boolean> {
  const { database, region, approval } = plan;
  const question = `Stop the writers of ${database} in ${region} until ${until}?`;
  const answer = await kit.ask(
    question,
    gateOf(approval, () => factsOf(plan, because)),
  );
  if (answer !== 'approved' && answer !== 'simulated') return false;
  await stopWrites(kit, plan);
  return true;
}

async function factsOf({ database, region }: DatabasePlan, because: string): Promise<Fact[]> {
  const now = await postgres.replicationState({ database, region });
  const shown = { informational: true } as const;
  const source = `PostgreSQL in ${region}`;
  return [
    fact.words('why', 'why', because, 'this run', shown),
    fact.words('if-stopped', 'if they are stopped', 'customers can read, and cannot write', 'this runbook', shown),
    fact.words(
      'if-not',
      'if they are not',
      'what they write may be damaged, or be lost with a restore, which lists it',
      'this runbook',
      shown,
    ),
    fact.count('writers', 'sessions that write', now.writers, source, shown),
  ];
}
