import type { Environment } from '../config/environment.ts';
import { createAws, type Aws } from './support/aws.ts';
import type { ServiceRegion } from './autoscaling.ts';
import { proof, read } from './support/kinds.ts';
import { until } from './support/poll.ts';
import { groupsOf } from './support/service-places.ts';
import { targetHealthReader } from './support/target-health.ts';

export type { TargetHealth } from './support/target-health.ts';

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
