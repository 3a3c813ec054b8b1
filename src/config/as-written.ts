/** The file as somebody wrote it may have any shape: these give what is there, and nothing where the shape is another. */
export const table = (value: unknown): Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
export const isText = (value: unknown): value is string => typeof value === 'string';
/** Whatever is to be found under these keys. */
export const under = (value: unknown, ...keys: string[]): unknown => keys.reduce<unknown>((inner, key) => table(inner)[key], value);

/** What is wrong, and where in the file. */
export interface Problem {
  path: PropertyKey[];
  message: string;
}

/** One problem when a text names nothing that is known; nothing when it is no text, which the schema says. */
export function mustKnow(known: Iterable<string>, name: unknown, path: PropertyKey[], what: string): Problem[] {
  if (!isText(name) || new Set(known).has(name)) return [];
  return [{ path, message: `names the ${what} ${name}, which is not in this file` }];
}

/** The same for a list of names. */
export function mustKnowAll(known: Iterable<string>, names: unknown, path: PropertyKey[], what: string): Problem[] {
  return list(names).flatMap((name, index) => mustKnow(known, name, [...path, index], what));
}
