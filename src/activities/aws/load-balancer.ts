import type { Environment } from '../../config/environment.ts';
import { createAws, type Aws } from './client.ts';
import type { ServiceRegion } from './autoscaling.ts';
import { groupsOf, proof, read, until } from '../kit/index.ts';
import { targetHealthReader } from './target-health.ts';

export type { TargetHealth } from './target-health.ts';

const patience = 5 * 60_000;

/** What a region's load balancer itself says about the instances behind it. */
export function loadBalancerActivities(environment: Environment, aws: Aws = createAws(environment)) {
  const readHealth = targetHealthReader(environment, aws);

  return {
    targetHealth: read(readHealth),

    /** Waits until the load balancer would send requests to at least `count` instances. */
    awaitHealthyTargets: proof(({ count, ...where }: ServiceRegion & { count: number }) =>
      until(
        async () => {
          const health = await readHealth(where);
          return health.healthy >= count
            ? { is: health }
            : { notYet: [`${health.healthy} of ${health.total} are`, ...health.reasons].join(', ') };
        },
        { within: patience, what: `${count} healthy targets of ${groupsOf(environment, where).targetGroup}` },
      ),
    ),
  };
}
