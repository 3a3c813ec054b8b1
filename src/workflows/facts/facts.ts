import type { Fact } from '../messages.ts';

/** One fact, read now: null could not be read, and undefined a dry run did not try. */
export function fact(name: string, value: Fact['value'] | undefined, source: string, more: Partial<Fact> = {}): Fact {
  const read = { name, source, at: new Date().toISOString(), ...more };
  return value === undefined ? { ...read, value: null, verdict: 'notTried' } : { ...read, value };
}

/** What is bad comes first. */
export const badFirst = (facts: readonly Fact[]): Fact[] => [
  ...facts.filter(({ verdict }) => verdict === 'bad'),
  ...facts.filter(({ verdict }) => verdict !== 'bad'),
];
