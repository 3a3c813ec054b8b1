import type { GateOptions } from '../kit/decisions.ts';
import type { Fact } from '../messages.ts';
import { agreementFact, assess, lagFact, oldPrimaryFact } from './assess.ts';
import type { RegionMove } from './plan.ts';

/** The gate of a region move: the usual approval, or the stronger one when the facts say that more can be lost. */
export function approvalOf(move: RegionMove, cannotBeUndone: string): GateOptions {
  const { duty, quorum, stronger, escalateTo, withinMs, expiresAfterMs } = move.approval;
  return {
    facts: () => assess(move),
    of: duty,
    quorum,
    within: withinMs,
    escalateTo,
    expiresAfter: expiresAfterMs,
    stronger: (facts) => (asksForMore(move, facts) ? { of: stronger.duty, quorum: stronger.quorum } : undefined),
    cannotBeUndone,
  };
}

/** An unfenced primary, a lag over the budget or unknown, or a region that too few see down. */
export function asksForMore({ planned, maxLagMs }: RegionMove, facts: readonly Fact[]): boolean {
  const value = (name: string) => facts.find((fact) => fact.name === name)?.value;
  const lag = value(lagFact);
  const lagTooHigh = typeof lag !== 'number' || lag * 1_000 > maxLagMs;
  const tooFewSeeIt = !planned && Number(value(agreementFact) ?? 0) < 2;
  return value(oldPrimaryFact) !== true || lagTooHigh || tooFewSeeIt;
}
