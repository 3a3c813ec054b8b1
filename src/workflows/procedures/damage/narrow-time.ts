import type { DamageFound } from './found.ts';

/** What is known about when the data was good; times are ISO 8601 in UTC. */
export interface KnownTimes {
  at?: string;
  lastGood?: string;
  badSince?: string;
}

export interface Window {
  earliest: string | null;
  latest: string | null;
}

const second = 1_000;

/**
 * Narrows the times between which a restore looks for the last good moment. Rows that break a rule were damaged after they were written, so just
 * before the oldest of them there was none. Pages that cannot be read are not in the log: a restore to the newest moment has them whole.
 */
export function narrowTimes(
  { at, lastGood, badSince: bad }: KnownTimes,
  found: DamageFound | undefined,
  { earliest, latest }: Window,
): KnownTimes {
  const given = { ...(at ? { at } : {}), ...(lastGood ? { lastGood } : {}), ...(bad ? { badSince: bad } : {}) };
  if (!found) return given;
  const badSince = [bad, found.at].flatMap((time) => (time ? [time] : [])).reduce(earlier);
  const broken = found.primary.rules.broken;
  if (broken.length === 0) return at || latest === null ? { ...given, badSince } : { ...given, badSince, at: latest };
  const before = broken.every(({ rows }) => rows.dated) ? justBefore(broken.map(({ rows }) => rows.firstAt!).reduce(earlier)) : undefined;
  const usable = before !== undefined && earliest !== null && Date.parse(before) >= Date.parse(earliest) ? [before] : [];
  const good = [...(lastGood ? [lastGood] : []), ...usable];
  return { ...given, badSince, ...(good.length > 0 ? { lastGood: good.reduce(later) } : {}) };
}

const earlier = (a: string, b: string): string => (Date.parse(a) <= Date.parse(b) ? a : b);
const later = (a: string, b: string): string => (Date.parse(a) >= Date.parse(b) ? a : b);
/** RDS restores to whole seconds. */
const justBefore = (time: string): string => new Date(Math.ceil(Date.parse(time) / second) * second - second).toISOString();
