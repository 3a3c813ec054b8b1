import { isDeepStrictEqual } from 'node:util';
import type { EvidenceEntry, PredictedCall } from '../record/evidence.ts';
import type { Mode, StepView } from '../workflows/messages.ts';
import type { Comparison } from './content.ts';

/** Sets the changes that a step said it would make beside those that it made. A call that was sent again counts as one. */
export function compare({ id, evidence, predicted }: StepView, mode: Mode): Comparison[] {
  if (mode === 'simulate') {
    return predicted.map(({ call, args }) => ({ step: id, call, verdict: 'would be made', ...withArgs('predicted', args), sent: 0 }));
  }
  const made = distinct(evidence.filter(({ kind }) => kind === 'change'));
  const pairs = new Map<PredictedCall, Made>();
  const pair = (fits: (expected: PredictedCall, actual: Made) => boolean) => {
    for (const expected of predicted.filter((candidate) => !pairs.has(candidate))) {
      const taken = new Set(pairs.values());
      const actual = made.find((candidate) => !taken.has(candidate) && sameCall(expected, candidate) && fits(expected, candidate));
      if (actual) pairs.set(expected, actual);
    }
  };
  pair((expected, actual) => holds(expected.args, actual.args));
  pair(() => true);
  const taken = new Set(pairs.values());
  return [
    ...predicted.map((expected) => beside(id, expected, pairs.get(expected))),
    ...made.filter((actual) => !taken.has(actual)).map((actual) => beside(id, undefined, actual)),
  ];
}

interface Made {
  call: string;
  args?: unknown;
  sent: number;
}

function beside(step: string, expected: PredictedCall | undefined, actual: Made | undefined): Comparison {
  const verdict = !actual
    ? 'not made'
    : !expected
      ? 'not predicted'
      : holds(expected.args, actual.args)
        ? 'as predicted'
        : 'other arguments';
  const call = (actual ?? expected)!.call;
  return { step, call, verdict, ...withArgs('predicted', expected?.args), ...withArgs('actual', actual?.args), sent: actual?.sent ?? 0 };
}

function withArgs<K extends 'predicted' | 'actual'>(key: K, args: unknown): { [P in K]?: unknown } {
  return args === undefined ? {} : ({ [key]: args } as { [P in K]: unknown });
}

function distinct(changes: readonly EvidenceEntry[]): Made[] {
  const made: Made[] = [];
  for (const { call, args } of changes) {
    const same = made.find((other) => sameCall(other, { call }) && isDeepStrictEqual(other.args, args));
    if (same) same.sent += 1;
    else made.push({ call, args, sent: 1 });
  }
  return made;
}

function sameCall(a: { call: string }, b: { call: string }): boolean {
  const plain = (call: string) => call.replace(/\s+/g, ' ').trim();
  return plain(a.call) === plain(b.call);
}

/** Everything that was predicted is so; what was made may say more, such as a comment or an operation id. */
function holds(expected: unknown, actual: unknown): boolean {
  if (expected === undefined) return true;
  if (expected === null || typeof expected !== 'object') return expected === actual;
  if (actual === null || typeof actual !== 'object' || Array.isArray(expected) !== Array.isArray(actual)) return false;
  if (Array.isArray(expected) && expected.length !== (actual as unknown[]).length) return false;
  return Object.entries(expected).every(([key, value]) => holds(value, (actual as Record<string, unknown>)[key]));
}
