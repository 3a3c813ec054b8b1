import type { Environment } from '../../config/environment.ts';
import type { ServiceRegion } from '../aws/index.ts';
import { named, type Observation, observe, proof, read, request, resolved, until } from '../kit/index.ts';

const patience = 5 * 60_000;

/** Whether a service is well for those who use it: every vantage point counts, because a health endpoint alone lies. */
export function serviceLevelActivities(environment: Environment) {
  const pointsOf = ({ service, region }: ServiceRegion) => {
    const { regions, vantagePoints } = named(environment.services, service, 'service');
    named(regions, region, `service ${service} in the region`);
    return vantagePoints.map(({ name, url }) => ({ name, url: resolved(url).replaceAll('{region}', encodeURIComponent(region)) }));
  };

  return {
    /** Waits until every vantage point sees the region well. */
    awaitWell: proof(async (where: ServiceRegion) =>
      until(
        async () => {
          const seen = await Promise.all(pointsOf(where).map(async ({ name, url }) => ({ name, well: (await ask(url)).well })));
          const bad = seen.filter(({ well }) => !well).map(({ name }) => name);
          return bad.length === 0 ? { is: { vantagePoints: seen.length } } : { notYet: `not seen from ${bad.join(', ')}` };
        },
        { within: patience, every: 500, what: `${where.service} in ${where.region} to be well for everybody` },
      ),
    ),

    /** Reads every vantage point at a steady pace and brings back the sum of all readings. */
    observeVantage: read(async ({ forMs, everyMs, ...where }: ServiceRegion & { forMs: number; everyMs: number }): Promise<Observation> => {
      const all = await Promise.all(pointsOf(where).map(({ url }) => observe(() => ask(url), { forMs, everyMs })));
      const sum = (field: 'readings' | 'good' | 'bad' | 'missing') => all.reduce((total, one) => total + one[field], 0);
      const [readings, bad] = [sum('readings'), sum('bad')];
      return {
        ...{ readings, good: sum('good'), bad, missing: sum('missing') },
        errorRate: readings === 0 ? 1 : bad / readings,
        worstMs: Math.max(...all.map(({ worstMs }) => worstMs)),
      };
    }),
  };
}

async function ask(url: string): Promise<{ well: boolean; ms: number }> {
  const { ok, ms } = await request({ url, kind: 'read', timeoutMs: 2_000 });
  return { well: ok, ms };
}
