import { Agent } from 'node:http';
import type { RegionName } from '../contract.ts';
import { forward, refuse } from '../net/forward.ts';
import { createListener, type Listener } from '../net/listener.ts';
import type { EdgeSwitches } from './edge-switches.ts';
import { createWeightedTurns } from './weighted-turns.ts';

/** A weighted record of the shop's name; `ttl` in seconds. */
export interface ShopRecord {
  set: RegionName;
  weight: number;
  ttl: number;
}

/** Header that says which region an answer came from, or should have come from. */
export const regionHeader = 'x-region';

/** Where customers arrive: looks the shop's name up, keeps the answer for its TTL, and goes to the region that it names. */
export async function createEdge(
  lookUp: () => Promise<ShopRecord[]>,
  ports: Record<RegionName, number>,
  switches?: Pick<EdgeSwitches, 'turnsAway'>,
): Promise<Listener> {
  const agent = new Agent({ keepAlive: true });
  const next = createWeightedTurns<RegionName>();
  let known: { records: ShopRecord[]; until: number } | undefined;
  let asking: Promise<ShopRecord[]> | undefined;

  async function resolve(): Promise<ShopRecord[]> {
    if (known && Date.now() < known.until) return known.records;
    asking ??= ask().finally(() => (asking = undefined));
    return asking;
  }

  async function ask(): Promise<ShopRecord[]> {
    try {
      const records = await lookUp();
      known = { records, until: Date.now() + 1_000 * Math.min(...records.map(({ ttl }) => ttl)) };
      return records;
    } catch (error) {
      // Like resolvers that serve a stale answer while the name server is silent (RFC 8767).
      if (known) return known.records;
      throw error;
    }
  }

  const listener = await createListener((request, response) => {
    if (switches?.turnsAway(request, response)) return;
    resolve().then(
      (records) => {
        const region = next(new Map(records.map(({ set, weight }) => [set, weight])));
        if (region) forward(request, response, ports[region], agent, { [regionHeader]: region });
        else refuse(response, 502, 'the name of the shop has no records');
      },
      (error: unknown) => refuse(response, 502, `the name of the shop cannot be looked up: ${String(error)}`),
    );
  });
  return {
    ...listener,
    close: async () => {
      await listener.close();
      agent.destroy();
    },
  };
}
