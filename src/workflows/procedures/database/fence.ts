import { judgeLag, oldPrimaryFact } from '../../facts/assess.ts';
import { factOf } from '../../facts/facts.ts';
import { isOutOfReach } from '../../failures.ts';
import type { Kit } from '../../kit/kit.ts';
import type { Fact } from '../../messages.ts';
import type { PrimaryMove } from '../../plans/plan.ts';
import { postgres } from '../../tools.ts';
import { duration, durationOr } from '../../../words/durations.ts';
import { approvalOver, asksForMore, strongest } from '../approval.ts';

/** Reads what people must know, anew each time. */
type Facts = () => Promise<Fact[]>;

/**
 * Makes sure that nobody writes to the old primary any more, and proves it; a planned move also waits until the standby has every write.
 * A primary that cannot be fenced is recorded as such, is fenced on its return, and to promote beside it takes the stronger approval.
 * Answers the position in the log up to which the old primary has writes; undefined when it is not fenced.
 */
export async function fenceOldPrimary(
  { step, measure, gate, keep, leaveBehind }: Kit,
  move: PrimaryMove,
  approved: readonly Fact[],
  facts: Facts,
): Promise<string | undefined> {
  const { database, from, to, planned } = move;
  const look = () => postgres.replicationState({ database, region: from, thoroughly: true });
  const old = await measure(`Look whether the old primary in ${from} can be fenced`, look, ({ reachable, refusal }) =>
    refusal === undefined ? (reachable ? 'it answers' : 'it does not answer: unfenced') : `it answers and refuses us: ${refusal}`,
  );
  const refuses = old.refusal !== undefined;
  let lsn: string | undefined;
  if (old.reachable && !refuses) {
    await step(
      `Stop writes in ${from} and prove that nobody writes`,
      async () => (lsn = (await postgres.fenceDatabase({ database, region: from }))?.lsn),
      {
        undo: () => postgres.unfenceDatabase({ database, region: from }),
        // One that answers now and then may not answer to the end: whoever loses its region decides without it.
        goesOn: (failure) => !planned && isOutOfReach(failure),
      },
    );
  }
  if (lsn !== undefined) {
    keep('fence', { fenced: true, lsn });
    const fencedAt = lsn;
    if (planned) await step(`Wait until ${to} has every write`, () => postgres.awaitCaughtUp({ database, region: to, lsn: fencedAt }));
    return lsn;
  }
  keep('fence', {
    fenced: false,
    why: refuses
      ? `the primary in ${from} refuses us, ${old.refusal}`
      : old.reachable
        ? 'not proven'
        : `the primary in ${from} does not answer`,
  });
  const knownToThem = (factOf(approved, oldPrimaryFact)?.value ?? true) !== true;
  if (!knownToThem) await gate(`Promote ${to} although the primary in ${from} is not fenced?`, strongestOf(move, facts));
  await step(`Have the old primary in ${from} fenced when it comes back`, () => leaveBehind('fenceOnReturn', move));
  return undefined;
}

/** Asks anew when more would be lost than people approved. */
export async function checkLag({ measure, gate }: Kit, move: PrimaryMove, approved: readonly Fact[], facts: Facts): Promise<void> {
  const { service, from, to, planned, maxLagMs } = move;
  const loss = await measure(
    `Check the lag of ${to} against the budget`,
    () => postgres.missingOrders({ service, region: to, primary: from }),
    ({ lostMs, count }) => `${durationOr(lostMs, 'not known')}, ${count ?? 'an unknown number of'} orders; budget ${duration(maxLagMs)}`,
  );
  const overBudget = judgeLag(loss.lostMs, maxLagMs) !== 'good';
  if (planned ? (loss.count ?? 0) > 0 : overBudget && !asksForMore(move, approved)) {
    await gate(`Lose ${loss.count ?? 'an unknown number of'} acknowledged orders?`, strongestOf(move, facts));
  }
}

const strongestOf = (move: PrimaryMove, facts: Facts) => ({
  ...approvalOver(move, facts, 'Writes that only the old primary has are lost'),
  ...strongest(move.approval),
});
