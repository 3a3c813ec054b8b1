import type { Fact, FactKind } from '../messages.ts';

type More = Pick<Fact, 'tolerance' | 'informational' | 'verdict'>;

/** One fact of a kind, read now: null could not be read, and undefined a dry run did not try. */
const of =
  <V extends Fact['value'], M extends More = More>(kind: FactKind) =>
  (id: string, name: string, value: V | null | undefined, source: string, more: M = {} as M): Fact => ({
    ...{ id, name, kind, value: value ?? null, source, at: new Date().toISOString() },
    ...more,
    ...(value === undefined ? { verdict: 'notTried' } : {}),
  });

/** Makes facts, each of its kind: values stay in their unit, and tolerances are in the same one. */
export const fact = {
  /** Milliseconds. */
  duration: of<number>('duration'),
  bytes: of<number>('bytes'),
  /** A number of things; `unit` follows it, e.g. `of 3`. */
  count: of<number, More & Pick<Fact, 'unit'>>('count'),
  /** From 0 to 1. */
  share: of<number>('share'),
  /** ISO 8601, UTC. */
  time: of<string>('time'),
  yesNo: of<boolean>('yesNo'),
  words: of<string>('words'),
};

/** What an environment or a provider gave, of the kind that it has by itself. */
export function plainFact(id: string, name: string, value: Fact['value'] | undefined, source: string, more: More = {}): Fact {
  if (typeof value === 'number') return fact.count(id, name, value, source, more);
  return typeof value === 'boolean' ? fact.yesNo(id, name, value, source, more) : fact.words(id, name, value, source, more);
}

/** The one fact with an id; its title is for people only. */
export const factOf = (facts: readonly Fact[], id: string): Fact | undefined => facts.find((one) => one.id === id);

/** What is bad comes first. */
export const badFirst = (facts: readonly Fact[]): Fact[] => [
  ...facts.filter(({ verdict }) => verdict === 'bad'),
  ...facts.filter(({ verdict }) => verdict !== 'bad'),
];
