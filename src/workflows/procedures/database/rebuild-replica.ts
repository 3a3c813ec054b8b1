import { fact } from '../../facts/facts.ts';
import { isOutOfReach } from '../../failures.ts';
import type { GateOptions } from '../../kit/gates.ts';
import type { Kit } from '../../kit/kit.ts';
import type { Fact } from '../../messages.ts';
import type { PrimaryMove } from '../../plans/plan.ts';
import { postgres, rds } from '../../tools.ts';
import { gateOf } from '../approval.ts';

export interface Rebuild {
  region: string;
  of: string;
  /** False when it is proven that the old data holds nothing that the other region lacks. */
  ask: boolean;
  /** A replica that is there follows another database: it is set aside with what it follows, and a new one is built. */
  anew?: boolean;
  /** The region may be out of reach: then it is left as it is, for later. */
  orLater?: boolean;
}

/** What the rebuild of a replica needs of any plan. */
type Rebuilt = Pick<PrimaryMove, 'service' | 'database' | 'approval'>;

/**
 * Makes a region's database a replica of the other region's primary.
 * Its old data may hold writes that nobody else has: it is fenced first, people are asked, and it is set aside, never deleted.
 * Answers false when it must be done later.
 */
export async function rebuildReplica(kit: Kit, move: Rebuilt, { region, of, ask, anew, orLater = false }: Rebuild): Promise<boolean> {
  const { measure, gate } = kit;
  const { database } = move;
  let later = false;
  const goesOn = (failure: { name: string }) => (later = orLater && isOutOfReach(failure));
  const step = async (sentence: string, act: () => Promise<unknown>) => later || (await kit.step(sentence, act, { goesOn }));
  const old = await measure(`Look at the database in ${region}`, () => rds.describeDatabase({ database, region }));
  if (orLater && old.role === 'unknown') return false;
  if (old.role === 'primary') {
    // lint-allow undo-missing: the other region takes the writes now, and two that do are a split brain
    await step(`Fence the old database in ${region}`, () => postgres.fenceDatabase({ database, region }));
    if (ask && !later) await gate(`Set the old database in ${region} aside and rebuild it from ${of}?`, approval(move, region, of));
    // lint-allow undo-missing: it keeps all its data under the other name; only a new replica may have its old one
    await step(`Set the old database in ${region} aside`, () => rds.setAsideDatabase({ database, region }));
  }
  // lint-allow undo-missing: it follows a database that serves nobody any more, and is kept
  if (anew && old.role === 'replica')
    await step(`Set the replica in ${region} aside with what it follows`, () => rds.setAsideDatabase({ database, region }));
  // lint-allow undo-missing: one more replica harms nobody; without it the primary stands alone
  if (anew || old.role !== 'replica')
    await step(`Build a replica of ${of} in ${region}`, () => rds.createReplica({ database, region, of }));
  await step(`Wait until ${region} has caught up`, async () => {
    const source = await postgres.replicationState({ database, region: of });
    await postgres.awaitCaughtUp({ database, region, lsn: source.replayLsn ?? '0/0' });
  });
  return !later;
}

function approval(move: Rebuilt, region: string, of: string): GateOptions {
  const cannotBeUndone = `The old database in ${region} gets another name; its data is kept`;
  return gateOf(move.approval, () => divergence(move, region, of), { quorum: 1, cannotBeUndone });
}

/** What would no longer be at hand under the old name. */
async function divergence({ service, database }: Rebuilt, region: string, of: string): Promise<Fact[]> {
  const [lost, old] = await Promise.all([
    postgres.missingOrders({ service, region: of, primary: region }),
    postgres.replicationState({ database, region }),
  ]);
  const counted = lost.count === null ? 'customers keep no receipts' : `customers' receipts against PostgreSQL in ${of}`;
  return [
    fact.count('only-here', `acknowledged orders that only ${region} can still hold`, lost.count, counted, {
      verdict: lost.count === null ? 'unknown' : lost.count === 0 ? 'good' : 'bad',
    }),
    fact.count('writers', `writers in ${region}`, old.writers, `PostgreSQL in ${region}`, {
      verdict: old.writers === null ? 'unknown' : old.writers === 0 ? 'good' : 'bad',
    }),
  ];
}
