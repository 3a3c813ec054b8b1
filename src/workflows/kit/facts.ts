import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from '../canonical-json.ts';
import type { Fact } from '../messages.ts';

/** SHA-256 over what a person is asked and shown: two gates, rounds or plans never share a digest. */
export function digestOf(gate: { id: string; question: string; round: number }, plan: unknown, facts: readonly Fact[]): string {
  return bytesToHex(sha256(utf8ToBytes(canonicalJson({ id: gate.id, question: gate.question, round: gate.round, plan, facts }))));
}

/** Says, one sentence each, which facts no longer are what was shown; none when all hold. */
export function changesBetween(shown: readonly Fact[], fresh: readonly Fact[]): string[] {
  return shown
    .filter((fact) => !fact.informational)
    .flatMap((fact) => {
      const again = fresh.find(({ name }) => name === fact.name);
      if (!again) return [`${fact.name} can no longer be read (was ${say(fact)})`];
      return holds(fact, again) ? [] : [`${fact.name} was ${say(fact)}, is now ${say(again)}`];
    });
}

function holds(shown: Fact, fresh: Fact): boolean {
  if (typeof shown.value === 'number' && typeof fresh.value === 'number')
    return Math.abs(fresh.value - shown.value) <= (shown.tolerance ?? 0);
  return shown.value === fresh.value;
}

function say({ value, unit }: Fact): string {
  if (value === null) return 'unknown';
  return unit === undefined ? String(value) : `${value} ${unit}`;
}
