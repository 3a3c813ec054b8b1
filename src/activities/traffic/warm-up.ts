import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { ServiceRegion } from '../aws/index.ts';
import { failure, fetchUrl, heartbeat, named, observed, pauseFor, proof, resolved, throwIfCancelled, under } from '../kit/index.ts';

/** What it took until a region answered fast. */
export interface WarmedUp {
  requests: number;
  firstMs: number;
  lastMs: number;
}

const timeoutMs = 5_000;

/** Requests that fill the caches of a region before customers come, so that they do not all wait at once. */
export function warmUpActivities(environment: Environment) {
  return {
    /** Asks a region again and again, within bounds, until its answers are good and fast. DoesNotHold when they never are. */
    warmCaches: proof(({ service, region }: ServiceRegion): Promise<WarmedUp | undefined> => {
      const { warmUp } = named(named(environment.services, service, 'service').regions, region, `service ${service} in the region`);
      if (!warmUp) throw failure(Failure.InvalidInput, `${service} in ${region} has no warmUp in the environment`);
      const { paths, fasterThan, inARow, atMost } = warmUp;
      const base = resolved(warmUp.url);
      // One line of evidence for all of them.
      return observed(
        { tool: 'http', call: `GET ${base}${paths.join(', ')}`, args: { atMost, fasterThan, inARow }, kind: 'read' },
        async () => {
          const all: number[] = [];
          let warm = 0;
          for (let asked = 0; asked < atMost; asked += 1) {
            throwIfCancelled();
            heartbeat();
            const { good, ms } = await ask(under(base, paths[asked % paths.length]!));
            all.push(ms);
            warm = good && ms <= fasterThan ? warm + 1 : 0;
            if (warm >= inARow) return { requests: all.length, firstMs: all[0]!, lastMs: ms };
            // A region that does not answer yet would use up all requests in no time.
            if (!good) await pauseFor(200);
          }
          throw failure(
            Failure.DoesNotHold,
            `${service} in ${region} is not warm after ${atMost} requests: the last took ${all.at(-1)} ms`,
          );
        },
      );
    }),
  };
}

async function ask(url: string): Promise<{ good: boolean; ms: number }> {
  const started = performance.now();
  const good = await fetchUrl(url, { signal: AbortSignal.timeout(timeoutMs) }).then(
    async ({ ok, body }) => (await body?.cancel(), ok),
    () => false,
  );
  return { good, ms: Math.round(performance.now() - started) };
}
