/** How one time is carried over, ms to ms. */
export type Carry = (time: number) => number;

const isoTimes = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/g;
const year = 31_557_600_000;

/** Carries every time in a value over: ISO 8601 in its texts, and numbers that can only be ms since 1970 near `around`. */
export function carryTimes(value: unknown, around: number, carry: Carry): unknown {
  const walk = (part: unknown): unknown => {
    if (typeof part === 'string') return part.replace(isoTimes, (time) => new Date(Math.round(carry(Date.parse(time)))).toISOString());
    if (typeof part === 'number') return Number.isInteger(part) && Math.abs(part - around) < year ? Math.round(carry(part)) : part;
    if (Array.isArray(part)) return part.map(walk);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([name, item]) => [name, walk(item)]));
  };
  return walk(value);
}

/** Objects that say when something began, when it ended and how long that was: the length follows from the times. */
export function carryLengths(value: unknown, carry: Carry): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => carryLengths(item, carry));
  if (typeof value !== 'object' || value === null) return value;
  const { startedAt, endedAt, totalMs } = value as Record<string, unknown>;
  const inner = Object.fromEntries(Object.entries(value).map(([name, item]) => [name, carryLengths(item, carry)]));
  if (typeof startedAt !== 'string' || typeof totalMs !== 'number') return inner;
  const from = Date.parse(startedAt);
  // What still goes on has no end: it ended when it was looked at.
  const to = typeof endedAt === 'string' ? Date.parse(endedAt) : from + totalMs;
  return { ...inner, totalMs: Math.max(0, Math.round(carry(to) - carry(from))) };
}

/** A text without its times and without the endings that a run gives its names, to tell whether two are the same but for those. */
export const likeness = (text: string): string =>
  text
    .replace(isoTimes, '…')
    .replace(/\b1[5-9]\d{11}\b/g, '…')
    .replace(ofRun, '-…');

/** Names that a run makes end in a piece of a hash of its id. */
const ofRun = /-[0-9a-f]{8}\b/g;

/** Names in one value that are others in the other, which is alike: the recorded one first. */
export function renamesBetween(recorded: unknown, now: unknown): [string, string][] {
  if (typeof recorded === 'string' && typeof now === 'string') {
    const [one, other] = [recorded.match(ofRun) ?? [], now.match(ofRun) ?? []];
    return one.flatMap((name, index): [string, string][] =>
      other[index] !== undefined && name !== other[index] ? [[name, other[index]]] : [],
    );
  }
  if (typeof recorded !== 'object' || typeof now !== 'object' || !recorded || !now) return [];
  return Object.entries(recorded).flatMap(([key, item]) => renamesBetween(item, (now as Record<string, unknown>)[key]));
}
