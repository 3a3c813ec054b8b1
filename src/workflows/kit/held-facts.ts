import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { factValue } from '../../words/facts.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Fact } from '../messages.ts';

/** SHA-256 over what a person is asked and shown: two gates, rounds or plans never share a digest. */
export function digestOf(gate: { id: string; question: string; round: number }, plan: unknown, facts: readonly Fact[]): string {
  const { id, question, round } = gate;
  return bytesToHex(sha256(utf8ToBytes(canonicalJson({ id, question, round, plan, facts: facts.map(inDigest) }))));
}

/** Says, one sentence each, which facts no longer are what was shown; none when all hold. */
export function changesBetween(shown: readonly Fact[], fresh: readonly Fact[]): string[] {
  return shown
    .filter((fact) => !fact.informational)
    .flatMap((fact) => {
      const again = fresh.find(({ id }) => id === fact.id);
      if (!again) return [`${fact.name} can no longer be read (was ${factValue(fact)})`];
      return holds(fact, again) ? [] : [`${fact.name} was ${factValue(fact)}, is now ${factValue(again)}`];
    });
}

/** A fact on whose other side an approval no longer counts, and how that is said. */
export interface Crossed {
  id: string;
  said: string;
}

/**
 * The facts whose verdict is another one now. A number may move while its verdict stays, and what has become good is no reason to ask again. Words
 * name things, such as what would be restored, so that other words are another thing; they, and what nobody judges, count when they do not hold.
 */
export function crossedBetween(shown: readonly Fact[], fresh: readonly Fact[]): Crossed[] {
  return shown
    .filter((fact) => !fact.informational)
    .flatMap((fact): Crossed[] => {
      const again = fresh.find(({ id }) => id === fact.id);
      const [before, now] = [fact.verdict, again?.verdict];
      const judged = again !== undefined && !inWords(fact) && !inWords(again) && (before !== undefined || now !== undefined);
      const crossed = judged ? before !== now && now !== 'good' : again === undefined || !holds(fact, again);
      if (!crossed) return [];
      const verdicts = judged ? ` (${before ?? 'not judged'} before, ${now ?? 'not judged'} now)` : '';
      const [said] = changesBetween([fact], fresh);
      return [{ id: fact.id, said: `${said ?? `${fact.name} is ${factValue(fact)} as before`}${verdicts}` }];
    });
}

const inWords = ({ value }: Fact): boolean => typeof value === 'string';

/** What has become bad does not hold, however little it moved. */
function holds(shown: Fact, fresh: Fact): boolean {
  if (fresh.verdict === 'bad' && shown.verdict !== 'bad') return false;
  if (typeof shown.value === 'number' && typeof fresh.value === 'number')
    return Math.abs(fresh.value - shown.value) <= (shown.tolerance ?? 0) || factValue(shown) === factValue(fresh);
  return shown.value === fresh.value;
}

const [second, minute, mebibyte] = [1_000, 60_000, 1_048_576];

/** What stands for a fact in a digest: no finer than people tell it apart. Recorded approvals have digests of just this. */
function inDigest({ id: _id, kind, ...shown }: Fact): object {
  const { value, tolerance } = shown;
  if (kind === 'bytes') return { ...shown, value: typeof value === 'number' ? Math.round(value / mebibyte) : value, unit: 'MB' };
  if (kind !== 'duration') return shown;
  const [unit, name] = (tolerance ?? 0) < minute ? [second, 's'] : [minute, 'min'];
  const tenths = typeof value === 'number' ? Math.round((value * 10) / unit) / 10 : value;
  return { ...shown, value: tenths, unit: name, ...(tolerance === undefined ? {} : { tolerance: tolerance / unit }) };
}
