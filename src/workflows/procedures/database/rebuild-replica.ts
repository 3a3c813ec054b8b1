import { fact } from '../../facts/facts.ts';
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
}

/** What the rebuild of a replica needs of any plan. */
type Rebuilt = Pick<PrimaryMove, 'service' | 'database' | 'approval'>;

/**
 * Makes a region's database a replica of the other region's primary.
 * Its old data may hold writes that nobody else has: it is fenced first, people are asked, and it is set aside, never deleted.
 */
export async function rebuildReplica({ step, measure, gate }: Kit, move: Rebuilt, { region, of, ask, anew }: Rebuild): Promise<void> {
  const { database } = move;
  const old = await measure(`Look at the database in ${region}`, () => rds.describeDatabase({ database, region }));
  if (old.role === 'primary') {
    // lint-allow undo-missing: the other region takes the writes now, and two that do are a split brain
    await step(`Fence the old database in ${region}`, () => postgres.fenceDatabase({ database, region }));
    if (ask) await gate(`Set the old database in ${region} aside and rebuild it from ${of}?`, approval(move, region, of));
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
}

function approval(move: Rebuilt, region: string, of: string): GateOptions {
  const cannotBeUndone = `The old database in ${region} gets another name; its data is kept`;
  return gateOf(move.approval, () => divergence(move, region, of), { quorum: 1, cannotBeUndone });
}

/** What would no longer be at hand under the old name. */
async function divergence({ service, database }: Rebuilt, region: string, of: string): Promise<Fact[]> {
  const [lost, old] = await Promise.all([postgres.missingOrders({ service, region: of }), postgres.replicationState({ database, region })]);
  return [
    fact(`acknowledged orders that only ${region} can still hold`, lost.count, `customers' receipts against PostgreSQL in ${of}`, {
      verdict: lost.count === 0 ? 'good' : 'bad',
    }),
    fact(`writers in ${region}`, old.writers, `PostgreSQL in ${region}`, { verdict: old.writers === 0 ? 'good' : 'bad' }),
  ];
}
