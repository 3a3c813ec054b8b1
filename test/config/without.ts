import { parse, stringify } from 'yaml';
import { parseEnvironment } from '../../src/config/environment.ts';

export type KeyPath = readonly (string | number)[];

/** Every key of a file, however deep, those above before those below. */
export function keysOf(value: unknown, above: KeyPath = []): KeyPath[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, below]) => {
    const path = [...above, Array.isArray(value) ? Number(key) : key];
    return [...(Array.isArray(value) ? [] : [path]), ...keysOf(below, path)];
  });
}

/** The text of an environment file without one of its keys. */
export function without(text: string, path: KeyPath): string {
  const file = parse(text) as Record<string, unknown>;
  const holder = path.slice(0, -1).reduce<unknown>((at, key) => (at as Record<string | number, unknown> | undefined)?.[key], file);
  if (typeof holder === 'object' && holder !== null) delete (holder as Record<string | number, unknown>)[path.at(-1)!];
  return stringify(file);
}

/** Whether a file may lack a key. */
export function isOptional(text: string, path: KeyPath): boolean {
  try {
    parseEnvironment(without(text, path), 'without.yaml');
    return true;
  } catch {
    return false;
  }
}

/** The least that an environment file may say: without every key that it may lack, but for those that `keep` names (`services.shop.database`). */
export function barest(text: string, keep: RegExp): string {
  return keysOf(parse(text))
    .filter((path) => !keep.test(path.join('.')))
    .reduce((left, path) => (isOptional(left, path) ? without(left, path) : left), text);
}
