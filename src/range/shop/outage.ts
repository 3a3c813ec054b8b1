import type { Outage } from '../contract.ts';

/** Measures what customers saw from the outcome of each order. */
export interface OutageMeter {
  /** Both in milliseconds since 1970: when the order was placed and when its outcome was known. */
  good(placedAt: number, answeredAt: number): void;
  failed(placedAt: number): void;
  /** With a time, only of trouble that was not over by then: an outage of last week is none of today's. */
  read(now?: number, since?: number): Outage;
  reset(): void;
}

/** Orders that failed without a calm between them. */
interface Trouble {
  since: number;
  last: number;
  failures: number;
  /** When the first good order after the last failed one was answered. */
  recovered: number | undefined;
}

/** Good orders in a row that end an outage. */
const calmMs = 1_000;
/** Failures are known late, when the customer's patience ends: good orders of that time are kept to look back at. */
const lookBackMs = 5_000;

/** Failures so far apart belong to different troubles; fewer than these are none. */
const apartMs = 3_000;
const fewest = 3;
const most = 1_000;

/** A meter that has seen nothing. */
export function createOutageMeter(): OutageMeter {
  let troubles: Trouble[] = [];
  const goods: { placedAt: number; answeredAt: number }[] = [];
  let lastGood = 0;

  /** The trouble that a failed order belongs to; the oldest ones are forgotten. */
  function troubleOf(placedAt: number): Trouble {
    const present = troubles.at(-1);
    if (present && placedAt <= present.last + apartMs) return present;
    const begun = { since: placedAt, last: placedAt, failures: 0, recovered: undefined };
    troubles = [...troubles.slice(1 - most), begun];
    return begun;
  }

  return {
    good: (placedAt, answeredAt) => {
      goods.push({ placedAt, answeredAt });
      while (goods[0] && goods[0].placedAt < placedAt - lookBackMs) goods.shift();
      lastGood = Math.max(lastGood, answeredAt);
      const present = troubles.at(-1);
      if (present && placedAt > present.last) present.recovered ??= answeredAt;
    },
    failed: (placedAt) => {
      const trouble = troubleOf(placedAt);
      trouble.failures += 1;
      trouble.since = Math.min(trouble.since, placedAt);
      trouble.last = Math.max(trouble.last, placedAt);
      const after = goods.filter((order) => order.placedAt > trouble.last).map(({ answeredAt }) => answeredAt);
      trouble.recovered = after.length > 0 ? Math.min(...after) : undefined;
    },
    read: (now = Date.now(), since = 0) => {
      const counted = troubles.filter(({ recovered = Infinity }) => recovered > since);
      const [first, last] = [counted[0], counted.at(-1)];
      return {
        startedAt: toIso(first?.since),
        endedAt: toIso(last?.recovered),
        totalMs: first && last ? (last.recovered ?? now) - first.since : 0,
        failed: counted.reduce((sum, { failures }) => sum + failures, 0),
        over: last === undefined || (last.recovered !== undefined && lastGood - last.recovered >= calmMs),
        since: last === undefined || last.failures < fewest ? null : toIso(last.since),
      };
    },
    reset: () => void (troubles = []),
  };
}

function toIso(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}
