import { stringify } from 'yaml';
import { type Key, valuesAt } from './environment-keys.ts';

/** The first example of a key: its own, or the first place in the files where it stands; undefined when there is none. */
export function exampleOf({ steps, examples }: Pick<Key, 'steps' | 'examples'>, files: readonly unknown[]): unknown {
  for (const file of files) {
    for (const value of valuesAt(file, steps)) if (value !== undefined) return value;
  }
  return examples[0];
}

const longest = { text: 70, line: 110 };
/** How deep it is shown, and how many entries of each part: from whole to next to nothing. */
const views = [
  [5, 6],
  [3, 4],
  [3, 1],
  [2, 4],
  [2, 1],
  [1, 3],
] as const;

/** A value in one line of YAML, shortened where it is long. */
export function briefly(value: unknown): string {
  const lines = views.map(([depth, entries]) => inLine(shortened(value, depth, entries)));
  return lines.find((line) => line.length <= longest.line) ?? lines.at(-1)!;
}

const inLine = (value: unknown): string => stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim().replaceAll('…: …', '…');

function shortened(value: unknown, depth: number, most: number): unknown {
  if (typeof value === 'string') return value.length > longest.text ? `${value.slice(0, longest.text).trimEnd()} …` : value;
  if (value === null || typeof value !== 'object') return value;
  if (depth === 0) return '…';
  const below = (each: unknown) => shortened(each, depth - 1, most);
  if (Array.isArray(value)) return [...value.slice(0, most).map(below), ...(value.length > most ? ['…'] : [])];
  const entries = Object.entries(value);
  return Object.fromEntries([
    ...entries.slice(0, most).map(([key, each]) => [key, below(each)] as const),
    ...(entries.length > most ? [['…', '…'] as const] : []),
  ]);
}
