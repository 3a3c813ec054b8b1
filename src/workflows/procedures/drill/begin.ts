import type { GateOptions } from '../../kit/gates.ts';
import { fact } from '../../facts/facts.ts';
import type { Drill, DrillPractice } from '../../plans/drill-plan.ts';
import { gateOf } from '../approval.ts';

/** What an exercise must meet, in words that are fixed at its start. */
export function sayCriteria({ practice }: Drill): string[] {
  if (!practice) return ['people attest it'];
  const { rtoMs, rpoMs, decideWithinMs } = practice.criteria;
  const within = (what: string, ms: number | null) => (ms === null ? [] : [`${what} at most ${sayMs(ms)}`]);
  return [
    'the recovery goes through, and nothing of it fails or is left out',
    ...within('customers wait', rtoMs),
    ...within('acknowledged writes lost of', rpoMs),
    ...within('the slowest decision takes', decideWithinMs),
    ...(practice.checklist ? ['every line of the checklist passes'] : []),
    ...(practice.reverse.length > 0 ? ['everything is brought back'] : []),
    'nothing is left behind',
    'people attest it',
  ];
}

/** Something is broken on purpose only when people have seen what, and what brings it back. */
export function beginGate(plan: Drill, { faults, recovery, reverse }: DrillPractice): GateOptions {
  const said = (name: string, value: string) => fact(name, value, 'the plan', { informational: true });
  const facts = () =>
    Promise.resolve([
      said('is broken on purpose', faults.join('; ') || 'nothing'),
      said('is practised', recovery.title),
      said('brings it back', reverse.map(({ title }) => title).join('; ') || 'nothing needed'),
      said('must be met', sayCriteria(plan).join('; ')),
    ]);
  return gateOf(plan.approval, facts);
}

/** A length of time in the shortest words that lose nothing a person needs. */
export const sayMs = (ms: number): string => (ms < 120_000 ? `${Math.round(ms / 100) / 10} s` : `${Math.round(ms / 6_000) / 10} min`);
