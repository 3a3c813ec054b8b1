import type { GateOptions } from '../../kit/gates.ts';
import type { Fact } from '../../messages.ts';
import type { DatabasePlan } from '../../plans/plan.ts';
import { gateOf, strongerWhen } from '../approval.ts';

/** The gate of a cut-over: the stronger approval when writes would be lost, when anything differs, or when something cannot be told. */
export function cutOverGate(plan: DatabasePlan, facts: () => Promise<Fact[]>, cannotBeUndone: string): GateOptions {
  const doubtful = ({ verdict, informational }: Fact) => !informational && verdict !== 'good';
  return gateOf(plan.approval, facts, { ...strongerWhen(plan.approval, (seen) => seen.some(doubtful)), cannotBeUndone });
}

/** How many more writes may have come than people saw: customers go on writing while they read. */
export const growth = (count: number): number => (count === 0 ? 0 : Math.max(100, count));
