import { DescribeTargetGroupsCommand, DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { ServiceRegion } from './autoscaling.ts';
import type { Aws } from './client.ts';
import { failure, groupsOf } from '../kit/index.ts';

export interface TargetHealth {
  healthy: number;
  total: number;
  /** Why the others are not, each reason once. */
  reasons: string[];
}

const mostReasons = 10;

/** The ARN of a service's target group in a region. Throws Permanent when there is none of that name. */
export async function targetGroupArn(environment: Environment, aws: Aws, where: ServiceRegion): Promise<string> {
  const { targetGroup } = groupsOf(environment, where);
  const { TargetGroups } = await aws
    .client('elasticloadbalancing', where.region)
    .send(new DescribeTargetGroupsCommand({ Names: [targetGroup] }));
  const arn = TargetGroups?.[0]?.TargetGroupArn;
  if (!arn) throw failure(Failure.Permanent, `there is no target group ${targetGroup} in ${where.region}`);
  return arn;
}

/** Reads what a region's load balancer says about the instances behind it. */
export function targetHealthReader(environment: Environment, aws: Aws): (where: ServiceRegion) => Promise<TargetHealth> {
  const arns = new Map<string, string>();
  const groupArn = async (where: ServiceRegion) => {
    const key = `${where.region} ${groupsOf(environment, where).targetGroup}`;
    const known = arns.get(key);
    if (known !== undefined) return known;
    const arn = await targetGroupArn(environment, aws, where);
    arns.set(key, arn);
    return arn;
  };
  return async (where) => {
    const command = new DescribeTargetHealthCommand({ TargetGroupArn: await groupArn(where) });
    const { TargetHealthDescriptions = [] } = await aws.client('elasticloadbalancing', where.region).send(command);
    const others = TargetHealthDescriptions.flatMap(({ TargetHealth }) => (TargetHealth?.State === 'healthy' ? [] : [TargetHealth]));
    return {
      healthy: TargetHealthDescriptions.length - others.length,
      total: TargetHealthDescriptions.length,
      reasons: [...new Set(others.map((health) => health?.Description ?? health?.Reason ?? health?.State ?? 'unknown'))].slice(
        0,
        mostReasons,
      ),
    };
  };
}
