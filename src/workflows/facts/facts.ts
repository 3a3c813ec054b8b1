import type { Fact } from '../messages.ts';

/** One fact, read now. */
export function fact(name: string, value: Fact['value'], source: string, more: Partial<Fact> = {}): Fact {
  return { name, value, source, at: new Date().toISOString(), ...more };
}

/** What is bad comes first. */
export const badFirst = (facts: readonly Fact[]): Fact[] => [
  ...facts.filter(({ verdict }) => verdict === 'bad'),
  ...facts.filter(({ verdict }) => verdict !== 'bad'),
];
