import { ApplicationFailure, proxyActivities } from '@temporalio/workflow';
import type { PostgresTools, ReturnSeen } from '../../../activities/postgres/index.ts';
import { fact } from '../../facts/facts.ts';
import { Failure } from '../../failures.ts';
import type { Kit } from '../../kit/kit.ts';
import type { Fact } from '../../messages.ts';
import type { PrimaryMove } from '../../plans/plan.ts';
import { postgres } from '../../tools.ts';
import { gateOf, strongest } from '../approval.ts';

// Tried for as long as the region stays away: every second until it answers.
const patient = proxyActivities<Pick<PostgresTools, 'awaitReturn'>>({
  startToCloseTimeout: '1m',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '500ms', maximumInterval: '1s' },
});

/** What is asked of two databases, to know which of them is the primary. */
interface Asked {
  database: string;
  region: string;
  beside: string;
  promised: boolean;
  restored?: true;
}

/** What a fence of a returned database asks of the other one, again right before it acts. */
export interface Beside extends Asked {
  accepted: boolean;
}

/**
 * Waits until the old database answers, and finds out which of the two is the promoted primary. Ends the run when it is the old one, asks people
 * when nobody can tell; undefined when the old one follows already and there is nothing to fence.
 */
export async function whichIsPrimary(kit: Kit, move: PrimaryMove, promised: boolean): Promise<Beside | undefined> {
  const { from, to } = move;
  const asked = askOf(move, promised);
  const seen = await kit.measure(
    `Wait until ${from} answers, and look whether ${to} is the primary`,
    // Nobody is waited for in a dry run.
    async () => (promised ? undefined : await refusedNow(asked)) ?? (await patient.awaitReturn(asked)) ?? postgres.readReturn(asked),
    ({ why }) => why,
  );
  if (seen.verdict === 'refused') return kit.fail(`Nothing was fenced: ${seen.why}`);
  if (seen.verdict === 'follows') return undefined;
  const accepted = seen.verdict === 'doubtful';
  const cannotBeUndone = `Customers who write to ${from} are turned away until the fence is lifted`;
  if (accepted)
    await kit.gate(`Fence the database in ${from} although it may be the primary?`, {
      ...gateOf(move.approval, () => factsOf(move, promised), { cannotBeUndone }),
      ...strongest(move.approval),
    });
  return { ...asked, accepted };
}

/** A change for good beside the fence: only while the other database still is the primary. Throws RefusedBySafetyRule when it is not. */
export async function onlyBesidePrimary(move: PrimaryMove, promised: boolean): Promise<void> {
  const { verdict, why } = await postgres.readReturn(askOf(move, promised));
  if (verdict === 'refused') throw ApplicationFailure.nonRetryable(why, Failure.RefusedBySafetyRule);
}

const askOf = ({ database, from, to, restored }: PrimaryMove, promised: boolean): Asked => ({
  ...{ database, region: from, beside: to, promised },
  ...(restored === undefined ? {} : { restored }),
});

/** What is refused already needs no return to be waited for. */
async function refusedNow(asked: Asked): Promise<ReturnSeen | undefined> {
  const seen = await postgres.readReturn(asked);
  return seen.verdict === 'refused' ? seen : undefined;
}

async function factsOf(move: PrimaryMove, promised: boolean): Promise<Fact[]> {
  const { from, to } = move;
  const { verdict, why } = await postgres.readReturn(askOf(move, promised));
  return [
    fact.words('primary', `which of ${from} and ${to} is the primary`, why, 'PostgreSQL in both', {
      verdict: verdict === 'proven' ? 'good' : verdict === 'refused' ? 'bad' : 'unknown',
    }),
  ];
}
