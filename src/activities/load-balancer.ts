import { DescribeTargetGroupsCommand, DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Environment } from '../config/environment.ts';
import { Failure } from '../workflows/failures.ts';
import { createAws, type Aws } from './support/aws.ts';
import type { ServiceRegion } from './autoscaling.ts';
import { failure } from './support/fail.ts';
import { proof, read } from './support/kinds.ts';
import { until } from './support/poll.ts';
import { groupsOf } from './support/service-places.ts';

export interface TargetHealth {
  healthy: number;
  total: number;
  /** Why the others are not, each reason once. */
  reasons: string[];
}

const patience = 5 * 60_000;

/** What a region's load balancer itself says about the instances behind it. */
export function loadBalancerActivities(environment: Environment, aws: Aws = createAws(environment)) {
  const arns = new Map<string, string>();
  const groupName = (where: ServiceRegion) => groupsOf(environment, where).targetGroup;
  const groupArn = async (where: ServiceRegion) => {
    const key = `${where.region} ${groupName(where)}`;
    const known = arns.get(key);
    if (known !== undefined) return known;
    const { TargetGroups } = await aws
      .client('elasticloadbalancing', where.region)
      .send(new DescribeTargetGroupsCommand({ Names: [groupName(where)] }));
    const arn = TargetGroups?.[0]?.TargetGroupArn;
    if (!arn) throw failure(Failure.Permanent, `there is no target group ${groupName(where)} in ${where.region}`);
    arns.set(key, arn);
    return arn;
  };
  const readHealth = async (where: ServiceRegion): Promise<TargetHealth> => {
    const command = new DescribeTargetHealthCommand({ TargetGroupArn: await groupArn(where) });
    const { TargetHealthDescriptions = [] } = await aws.client('elasticloadbalancing', where.region).send(command);
    const others = TargetHealthDescriptions.flatMap(({ TargetHealth }) => (TargetHealth?.State === 'healthy' ? [] : [TargetHealth]));
    return {
      healthy: TargetHealthDescriptions.length - others.length,
      total: TargetHealthDescriptions.length,
      reasons: [...new Set(others.map((health) => health?.Description ?? health?.Reason ?? health?.State ?? 'unknown'))].slice(0, 10),
    };
  };

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
        { within: patience, what: `${count} healthy targets of ${groupName(where)}` },
      ),
    ),
  };
}
