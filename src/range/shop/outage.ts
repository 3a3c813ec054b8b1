import type { Outage } from '../contract.ts';

/** Measures what customers saw from the outcome of each order. */
export interface OutageMeter {
  /** Both in milliseconds since 1970: when the order was placed and when its outcome was known. */
  good(placedAt: number, answeredAt: number): void;
  failed(placedAt: number): void;
  read(now?: number): Outage;
  reset(): void;
}

/** Good orders in a row that end an outage. */
const calmMs = 1_000;
/** Failures are known late, when the customer's patience ends: good orders of that time are kept to look back at. */
const lookBackMs = 5_000;

/** Failures so far apart belong to different troubles; fewer than these are none. */
const apartMs = 3_000;
const fewest = 3;

/** A meter that has seen nothing. */
export function createOutageMeter(): OutageMeter {
  let firstFailed: number | undefined;
  let lastFailed = 0;
  let failures = 0;
  let trouble = { since: 0, failures: 0 };
  const goods: { placedAt: number; answeredAt: number }[] = [];
  let recovered: number | undefined;
  let lastGood = 0;

  return {
    good: (placedAt, answeredAt) => {
      goods.push({ placedAt, answeredAt });
      while (goods[0] && goods[0].placedAt < placedAt - lookBackMs) goods.shift();
      lastGood = Math.max(lastGood, answeredAt);
      if (placedAt > lastFailed) recovered ??= answeredAt;
    },
    failed: (placedAt) => {
      failures += 1;
      if (placedAt > lastFailed + apartMs) trouble = { since: placedAt, failures: 0 };
      trouble = { since: Math.min(trouble.since, placedAt), failures: trouble.failures + 1 };
      firstFailed = Math.min(firstFailed ?? placedAt, placedAt);
      lastFailed = Math.max(lastFailed, placedAt);
      const after = goods.filter((order) => order.placedAt > lastFailed).map(({ answeredAt }) => answeredAt);
      recovered = after.length > 0 ? Math.min(...after) : undefined;
    },
    read: (now = Date.now()) => ({
      startedAt: toIso(firstFailed),
      endedAt: firstFailed === undefined ? null : toIso(recovered),
      totalMs: firstFailed === undefined ? 0 : (recovered ?? now) - firstFailed,
      failed: failures,
      over: firstFailed === undefined || (recovered !== undefined && lastGood - recovered >= calmMs),
      since: trouble.failures < fewest ? null : toIso(trouble.since),
    }),
    reset: () => {
      firstFailed = undefined;
      lastFailed = 0;
      failures = 0;
      trouble = { since: 0, failures: 0 };
      recovered = undefined;
    },
  };
}

function toIso(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}
