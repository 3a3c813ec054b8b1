/** Remembers for a while what has been taken, so that it is not taken twice. */
export interface Seen {
  has(mark: string): boolean;
  add(mark: string): void;
}

/** Keeps marks in memory for `lifeMs`, the newest ones when there are too many. */
export function createSeen(lifeMs: number, { most = 10_000, now = Date.now }: { most?: number; now?: () => number } = {}): Seen {
  const until = new Map<string, number>();
  return {
    has: (mark) => (until.get(mark) ?? 0) > now(),
    add: (mark) => {
      until.delete(mark);
      until.set(mark, now() + lifeMs);
      if (until.size > most) until.delete(until.keys().next().value!);
    },
  };
}
