import { pauseFor } from './poll.ts';
import { heartbeat } from './step-context.ts';

/** How long readings are taken, and how often. Times in ms. */
export interface Pace {
  forMs: number;
  everyMs: number;
}

/** Takes a reading every `everyMs` for `forMs`, whether or not earlier answers are still awaited; a slot that we overslept is `missed`. */
export async function atPace<T>(take: () => Promise<T>, missed: T, { forMs, everyMs }: Pace): Promise<T[]> {
  const slots = Math.max(1, Math.floor(forMs / everyMs));
  const start = performance.now();
  const readings: (T | Promise<T>)[] = [];
  for (let slot = 0; slot < slots; slot++) {
    const late = performance.now() - (start + slot * everyMs);
    if (late < 0) await pauseFor(-late);
    heartbeat();
    readings.push(late > everyMs ? missed : take());
  }
  return Promise.all(readings);
}
