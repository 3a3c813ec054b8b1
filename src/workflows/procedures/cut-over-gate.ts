import type { GateOptions } from '../kit/decisions.ts';
import type { Fact } from '../messages.ts';
import { gateOf } from './approval.ts';
import type { DatabasePlan } from './plan.ts';

/** The gate of a cut-over: the stronger approval when writes would be lost, when anything differs, or when something cannot be told. */
export function cutOverGate(plan: DatabasePlan, facts: () => Promise<Fact[]>, cannotBeUndone: string): GateOptions {
  const { stronger } = plan.approval;
  const demand = { of: stronger.duty, quorum: stronger.quorum };
  return gateOf(plan.approval, facts, {
    stronger: (seen) => (seen.some(({ verdict, informational }) => !informational && verdict !== 'good') ? demand : undefined),
    cannotBeUndone,
  });
}

/** How many more writes may have come than people saw: customers go on writing while they read. */
export const growth = (count: number): number => (count === 0 ? 0 : Math.max(100, count));

/** One fact, read now. */
export function fact(name: string, value: Fact['value'], source: string, more: Partial<Fact> = {}): Fact {
  return { name, value, source, at: new Date().toISOString(), ...more };
}

/** What is bad comes first. */
export const badFirst = (facts: readonly Fact[]): Fact[] => [
  ...facts.filter(({ verdict }) => verdict === 'bad'),
  ...facts.filter(({ verdict }) => verdict !== 'bad'),
];
