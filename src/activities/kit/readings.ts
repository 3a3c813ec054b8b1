import type { Observation } from './observe.ts';
import { atPace, type Pace } from './pace.ts';

/** One look; `good` is null when it could not be taken. */
export interface Reading {
  good: boolean | null;
  detail: string;
}

/** Readings over a time, in the words of a watch; `detail` is what was seen of the last bad or missing one. */
export type ToldObservation = Observation & { detail: string };

/** Takes a reading every `everyMs` for `forMs`; one that throws, or that we overslept, is missing. */
export async function takeReadings(take: () => Promise<Reading>, pace: Pace): Promise<ToldObservation> {
  const all = await atPace(() => timed(take), { good: null, detail: 'overslept', ms: 0 }, pace);
  const taken = all.filter(({ good }) => good !== null);
  const good = taken.filter((one) => one.good).length;
  const bad = taken.length - good;
  const telling = all.findLast((one) => !one.good) ?? all.at(-1)!;
  return {
    ...{ readings: taken.length, good, bad, missing: all.length - taken.length },
    errorRate: taken.length === 0 ? 1 : bad / taken.length,
    worstMs: Math.max(0, ...taken.map(({ ms }) => ms)),
    detail: telling.detail,
  };
}

async function timed(take: () => Promise<Reading>): Promise<Reading & { ms: number }> {
  const began = performance.now();
  const seen = await take().catch((error: unknown): Reading => ({ good: null, detail: String((error as Error).message).slice(0, 300) }));
  return { ...seen, ms: Math.round(performance.now() - began) };
}
