import { parse, stringify } from 'yaml';
import { parseEnvironment } from '../../src/config/environment.ts';

type Part = Record<string | number, unknown>;
export type KeyPath = readonly (string | number)[];

/** The least that an environment file may say: without every key that it may lack, but for those that `keep` names (`services.shop.database`). */
export function barest(text: string, keep: RegExp): string {
  const file = parse(text) as Part;
  // Whole sections first: what went with them need not be tried.
  const paths = keysOf(file).sort((a, b) => a.length - b.length);
  for (const path of paths.filter((one) => !keep.test(one.join('.')))) leaveOut(file, path);
  return stringify(file);
}

/** Every key of a file, however deep; the places of a list are no keys. */
export function keysOf(value: unknown, above: KeyPath = []): KeyPath[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, below]) => {
    const path = [...above, Array.isArray(value) ? Number(key) : key];
    return [...(Array.isArray(value) ? [] : [path]), ...keysOf(below, path)];
  });
}

/** Takes a key away where the file is valid without it. */
function leaveOut(file: Part, path: KeyPath): void {
  const key = path.at(-1)!;
  const holder = path.slice(0, -1).reduce<Part | undefined>((at, step) => at?.[step] as Part | undefined, file);
  if (holder === undefined || !Object.hasOwn(holder, key)) return;
  const value = holder[key];
  delete holder[key];
  if (!isValid(file)) holder[key] = value;
}

function isValid(file: Part): boolean {
  try {
    parseEnvironment(stringify(file), 'barest.yaml');
    return true;
  } catch {
    return false;
  }
}
