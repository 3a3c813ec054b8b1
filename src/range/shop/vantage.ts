import type { ServerResponse } from 'node:http';
import type { RegionName } from '../contract.ts';
import { unhealthyBecause } from '../net/http-call.ts';
import { createListener } from '../net/listener.ts';

/** Three ways to see a region's health that do not depend on each other; every URL holds `{region}`. */
export interface VantagePoints {
  readonly urls: Record<'control' | 'edge' | 'peer', string>;
  open(): Promise<void>;
  close(): Promise<void>;
}

export interface VantageOptions {
  /** Base URL of a region's load balancer. */
  balancer: Record<RegionName, string>;
  /** How customers' orders in a region ended lately. */
  recent: (region: RegionName) => { good: number; failed: number };
  lost: (region: RegionName) => boolean;
}

type See = (region: RegionName) => Promise<string | undefined>;

const probeMs = 1_000;
const toleratedShare = 0.1;

/** Vantage points that answer 200 when a region looks well from there, 503 with the reason when it does not. */
export async function createVantagePoints({ balancer, recent, lost }: VantageOptions): Promise<VantagePoints> {
  const probe: See = (region) => unhealthyBecause(`${balancer[region]}/health`, probeMs);
  const seenByCustomers: See = async (region) => {
    const { good, failed } = recent(region);
    if (good + failed === 0) return probe(region);
    return failed > toleratedShare * (good + failed) ? `${failed} of ${good + failed} orders failed in the last two seconds` : undefined;
  };
  const other: Record<RegionName, RegionName> = { east: 'west', west: 'east' };
  const [control, edge, peer] = await Promise.all([point(probe), point(seenByCustomers), point(probe, (region) => !lost(other[region]))]);
  const all = [control, edge, peer];
  return {
    urls: { control: `${control.url}/{region}`, edge: `${edge.url}/{region}`, peer: `${peer.url}/{region}` },
    open: async () => void (await Promise.all(all.map((listener) => listener.open()))),
    close: async () => void (await Promise.all(all.map((listener) => listener.close()))),
  };
}

/** A point that `isThere` only sometimes breaks the connection when it is not. */
function point(see: See, isThere: (region: RegionName) => boolean = () => true) {
  return createListener((request, response) => {
    const region = request.url?.slice(1);
    if (region !== 'east' && region !== 'west') return answer(response, 404, { detail: 'say /east or /west' });
    if (!isThere(region)) return void response.destroy();
    void see(region).then((reason) => answer(response, reason ? 503 : 200, { region, well: !reason, ...(reason && { reason }) }));
  });
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
