import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import type { AcknowledgedOrder, Outage, RangeStatus, RegionName } from '../contract.ts';
import { regionHeader } from './edge.ts';
import { httpCall } from '../net/http-call.ts';
import { createOutageMeter } from './outage.ts';

/** People who place orders at a steady rate and remember every order that was confirmed to them. */
export interface Customers {
  start(): void;
  stop(): void;
  /** Orders confirmed at or after a time, oldest first. */
  acknowledged(since?: Date): AcknowledgedOrder[];
  /** Of trouble that was not over at a time; of all when left out. */
  outage(since?: Date): Outage;
  /** Forgets the outages so far; confirmed orders are never forgotten. */
  resetOutage(): void;
  counts(): RangeStatus['customers'];
  /** How orders that went to a region in the last two seconds ended. */
  recent(region: RegionName): { good: number; failed: number };
}

const patienceMs = 1_000;
const recentMs = 2_000;
const items = ['one lantern', 'two ropes', 'a compass', 'three buckets', 'a whistle', 'dry matches'];

/** Customers of the shop at `url`, who come `ratePerSecond` times a second. */
export function createCustomers(url: string, ratePerSecond: number): Customers {
  const agent = new Agent({ keepAlive: true });
  const meter = createOutageMeter();
  const confirmed: AcknowledgedOrder[] = [];
  let lately: { at: number; region: string; good: boolean }[] = [];
  let placed = 0;
  let failed = 0;
  let timer: NodeJS.Timeout | undefined;

  async function placeOrder(): Promise<void> {
    const placedAt = Date.now();
    const body = { id: randomUUID(), item: items[placed % items.length] };
    placed += 1;
    const answer = await httpCall(`${url}/orders`, { method: 'POST', body, timeoutMs: patienceMs, agent }).catch(() => undefined);
    const answeredAt = Date.now();
    const good = answer?.status === 201;
    if (good) {
      confirmed.push({ id: body.id, at: new Date(answeredAt).toISOString() });
      meter.good(placedAt, answeredAt);
    } else {
      failed += 1;
      meter.failed(placedAt);
    }
    // Without any answer nobody knows where the order went, so it counts for neither region.
    lately.push({ at: answeredAt, region: String(answer?.headers[regionHeader] ?? ''), good });
    lately = lately.filter(({ at }) => at > answeredAt - recentMs);
  }

  return {
    start: () => (timer ??= setInterval(() => void placeOrder(), 1_000 / ratePerSecond)),
    stop: () => {
      clearInterval(timer);
      agent.destroy();
    },
    acknowledged: (since) => (since ? confirmed.filter(({ at }) => at >= since.toISOString()) : [...confirmed]),
    outage: (since) => meter.read(Date.now(), since?.getTime()),
    resetOutage: () => meter.reset(),
    counts: () => ({
      placed,
      acknowledged: confirmed.length,
      failed,
      lastAcknowledgedAt: confirmed.at(-1)?.at ?? null,
      outage: meter.read(),
    }),
    recent: (region) => {
      const here = lately.filter((order) => order.region === region && order.at > Date.now() - recentMs);
      const good = here.filter((order) => order.good).length;
      return { good, failed: here.length - good };
    },
  };
}
