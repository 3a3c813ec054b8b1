import { ageFact, agreementFact, assess, lagFact, oldPrimaryFact } from '../facts/assess.ts';
import type { GateOptions } from '../kit/gates.ts';
import type { Fact } from '../messages.ts';
import type { ApprovalPolicy, PrimaryMove, RegionMove } from '../plans/plan.ts';

/** A gate of a policy: the usual approval over some facts; more can be said beside. */
export function gateOf(
  { duty, quorum, escalateTo, withinMs, expiresAfterMs }: ApprovalPolicy,
  facts: () => Promise<Fact[]>,
  more: Partial<GateOptions> = {},
): GateOptions {
  return { facts, of: duty, quorum, within: withinMs, escalateTo, expiresAfter: expiresAfterMs, ...more };
}

/** The stronger approval of a policy, whatever the facts say. */
export const strongest = ({ stronger: { duty, quorum } }: ApprovalPolicy): Pick<GateOptions, 'of' | 'quorum' | 'stronger'> => ({
  ...{ of: duty, quorum },
  stronger: () => ({ of: duty, quorum }),
});

/** The stronger approval of a policy, whenever the facts are doubtful. */
export const strongerWhen = (
  { stronger: { duty, quorum } }: ApprovalPolicy,
  doubtful: (facts: readonly Fact[]) => boolean,
): Pick<GateOptions, 'stronger'> => ({ stronger: (facts) => (doubtful(facts) ? { of: duty, quorum } : undefined) });

/** The gate of a region move. */
export function approvalOf(move: RegionMove, cannotBeUndone: string): GateOptions {
  return approvalOver(move, () => assess(move), cannotBeUndone);
}

/** The usual approval, or the stronger one when the facts say that more can be lost. */
export function approvalOver(move: PrimaryMove, facts: () => Promise<Fact[]>, cannotBeUndone: string): GateOptions {
  return gateOf(move.approval, facts, { ...strongerWhen(move.approval, (read) => asksForMore(move, read)), cannotBeUndone });
}

/** An unfenced primary, a lag over the budget or unknown, or a region that too few see down. */
export function asksForMore({ planned, maxLagMs }: PrimaryMove, facts: readonly Fact[]): boolean {
  const value = (name: string) => facts.find((fact) => fact.name === name)?.value;
  const lag = value(lagFact) ?? value(ageFact);
  const lagTooHigh = typeof lag !== 'number' || lag * 1_000 > maxLagMs;
  const seenDown = value(agreementFact);
  const tooFewSeeIt = !planned && seenDown !== undefined && Number(seenDown ?? 0) < 2;
  return value(oldPrimaryFact) !== true || lagTooHigh || tooFewSeeIt;
}
