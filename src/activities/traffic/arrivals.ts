import { lookup } from 'node:dns/promises';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { failure, fetchUrl, healthUrl, named, observed, resolved } from '../kit/index.ts';

/** A customer's view of where a service is: its name in `dns`, and the service behind it. */
export interface Arrival {
  service: string;
  dns: string;
}

const timeoutMs = 2_000;

/** The region that customers come to now: by the header that names it, or by the addresses that the name has. Null when it cannot be told. */
export async function arrivesIn(environment: Environment, { service, dns }: Arrival): Promise<string | null> {
  const { customers } = named(environment.services, service, 'service');
  const { regionHeader } = customers;
  if (regionHeader !== undefined) return byHeader(healthUrl(environment, { service }), regionHeader);
  return byAddress(environment, service, named(environment.dns, dns, 'dns entry').name);
}

async function byHeader(url: string, header: string): Promise<string | null> {
  return observed(
    { tool: 'http', call: `GET ${url}`, kind: 'read' },
    async () => {
      const { headers, body } = await fetchUrl(url, { signal: AbortSignal.timeout(timeoutMs) });
      await body?.cancel();
      return headers.get(header);
    },
    (region) => ({ outcome: `${header}: ${region ?? 'not said'}`, ok: region !== null }),
  );
}

async function byAddress(environment: Environment, service: string, name: string): Promise<string | null> {
  const { regions } = named(environment.services, service, 'service');
  const answers = await addressesOf(name);
  for (const [region, { url }] of Object.entries(regions)) {
    const own = await addressesOf(new URL(resolved(url)).hostname);
    if (own.some((address) => answers.includes(address))) return region;
  }
  return null;
}

async function addressesOf(name: string): Promise<string[]> {
  const found = await observed({ tool: 'muster', call: `look up ${name}`, kind: 'read' }, () =>
    lookup(name.replace(/\.$/, ''), { all: true }),
  );
  if (found.length === 0) throw failure(Failure.Transient, `${name} has no address`);
  return found.map(({ address }) => address);
}
