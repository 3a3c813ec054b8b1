import { setTimeout as delay } from 'node:timers/promises';

/** Reads again and again until it is as it should be; fails with what it saw last. Times in ms. */
export async function eventually<T>(
  what: string,
  read: () => Promise<T> | T,
  holds: (seen: T) => boolean,
  within = 20_000,
  every = 25,
): Promise<T> {
  const deadline = Date.now() + within;
  let last: unknown;
  for (;;) {
    try {
      const seen = await read();
      if (holds(seen)) return seen;
      last = seen;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline)
      throw new Error(
        `waited ${within} ms for ${what}; last seen: ${last instanceof Error ? last.stack : JSON.stringify(last)?.slice(0, 3_000)}`,
      );
    await delay(every);
  }
}
