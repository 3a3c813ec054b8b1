import type { WritesAfter } from '../../../activities/postgres/index.ts';
import { fact, factOf } from '../../facts/facts.ts';
import type { Kit } from '../../kit/kit.ts';
import type { Fact } from '../../messages.ts';
import type { DatabasePlan } from '../../plans/plan.ts';
import type { Endpoint } from '../../plans/restore-plan.ts';
import { postgres } from '../../tools.ts';
import { strongest } from '../approval.ts';
import { cutOverGate, growth } from './cut-over-gate.ts';

/** How many writes only the database of today has. */
export const lostFact = 'writes-lost';

export interface Loss {
  /** ISO 8601, UTC: what was written before it is in both. */
  at: string;
  /** Server that takes over: what it has is not lost. */
  without?: Endpoint | undefined;
}

/** Lists the writes that only the database of today has, and keeps them for the record: people enter them again from there. */
export async function lostWrites({ measure, keep }: Kit, plan: DatabasePlan, loss: Loss): Promise<WritesAfter> {
  const lost = await measure(`List the writes after ${loss.at} that would be lost`, () => writesOf(plan, loss), sayWrites);
  keep('writesLost', { ...lost, after: loss.at });
  return lost;
}

/** How many they are, with the first and the last. */
export async function lossFacts(plan: DatabasePlan, loss: Loss): Promise<Fact[]> {
  const { count, first, last } = await writesOf(plan, loss, 0);
  const source = `PostgreSQL in ${plan.region}, new rows of the ledger`;
  return [
    fact.count(lostFact, 'writes that would be lost', count, source, {
      verdict: count === null ? 'unknown' : count === 0 ? 'good' : 'bad',
      ...(count === null ? {} : { tolerance: growth(count) }),
    }),
    fact.time('first-lost', 'first of them', first, source, { informational: true }),
    fact.time('last-lost', 'last of them', last, source, { informational: true }),
  ];
}

/** Nobody writes any more: asks again when by now more would be lost than people approved. */
export async function mayLose(
  { gate }: Kit,
  plan: DatabasePlan,
  { lost, approved, loss }: { lost: WritesAfter; approved: readonly Fact[]; loss: Loss },
): Promise<void> {
  const seen = factOf(approved, lostFact)?.value;
  if (lost.count === null || (typeof seen === 'number' && lost.count <= seen + growth(seen))) return;
  const options = cutOverGate(plan, () => lossFacts(plan, loss), 'These writes are only in the database that is set aside');
  await gate(`Lose ${lost.count} writes, more than were approved?`, { ...options, ...strongest(plan.approval) });
}

const writesOf = ({ database, region }: DatabasePlan, { at, without }: Loss, list?: number): Promise<WritesAfter> =>
  postgres.writesAfter({ database, region, at, ...(without ? { without } : {}), ...(list === undefined ? {} : { list }) });

const sayWrites = ({ count, first, last }: WritesAfter): string =>
  count === null ? 'unknown: the environment names no ledger' : count === 0 ? 'none' : `${count}, from ${first} to ${last}`;
