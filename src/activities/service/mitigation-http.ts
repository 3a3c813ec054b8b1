import { z } from 'zod';
import { Failure } from '../../workflows/failures.ts';
import { bearer, failure, fetchUrl, jsonOf, observed, request, requestGood, resolved } from '../kit/index.ts';
import type { Mitigation, MitigationReading } from './mitigation.ts';

export interface HttpMitigation {
  url: string;
  token: string;
}

const answer = z.object({ on: z.boolean(), value: z.number().nullable().default(null) });
/** A limit is looked for with at most so many requests. */
const mostRequests = 200;

/** A page for customers, or a limit on their requests: a switch at the edge, and what they get there at `page`. */
export function httpMitigation(
  kind: 'maintenance-page' | 'rate-limit',
  { url, token }: HttpMitigation,
  { page, value }: { page: string; value: number | null },
): Mitigation {
  const headers = bearer(token);
  const body = (on: boolean) => ({ on, ...(on && value !== null ? { value } : {}) });
  const say = kind === 'maintenance-page' ? 'the maintenance page' : 'the rate limit';

  const read = async (): Promise<MitigationReading> => {
    const parsed = answer.parse(jsonOf(await requestGood({ url: resolved(url), headers, kind: 'read' })));
    const limit = parsed.on && parsed.value !== null ? ` at ${parsed.value} a second` : '';
    return { ...parsed, off: !parsed.on, former: {}, detail: `${say} is ${parsed.on ? 'on' : 'off'}${limit}` };
  };

  return {
    read,
    calls: (on) => [{ call: `PUT ${resolved(url)}`, args: body(on) }],
    turn: (on) => requestGood({ method: 'PUT', url: resolved(url), headers, body: body(on), kind: 'change' }),
    seen: async (on) => {
      const limit = value ?? (await read()).value;
      const refused = kind === 'maintenance-page' ? await showsPage(page) : await limits(page, limit);
      if (on && !refused && limit !== null && limit > mostRequests)
        throw failure(Failure.Inconclusive, `cannot tell: ${mostRequests} requests of ours stay below the limit of ${limit} a second`);
      if (refused !== on) return { notYet: `customers ${refused ? 'are still turned away' : 'are served as ever'}` };
      return { is: `customers ${on ? 'are turned away and told when to come back' : 'are served'}` };
    },
  };
}

async function showsPage(url: string): Promise<boolean> {
  const { status, retryAfterMs } = await request({ url, kind: 'read' });
  return status === 503 && retryAfterMs !== undefined;
}

/** Asks a little more often than the limit allows, and stops at the first answer that says so. */
async function limits(url: string, perSecond: number | null): Promise<boolean> {
  const count = Math.min(mostRequests, Math.ceil(perSecond ?? 20) + 5);
  return observed({ tool: 'http', call: `GET ${url}, up to ${count} times in a second`, kind: 'read' }, async () => {
    const until = Date.now() + 1_000;
    for (let asked = 0; asked < count && Date.now() < until; asked += 1) {
      const { status, headers, body } = await fetchUrl(url, { signal: AbortSignal.timeout(2_000) });
      await body?.cancel();
      if (status === 429 && headers.has('retry-after')) return true;
    }
    return false;
  });
}
