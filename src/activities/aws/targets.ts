import { DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { DeregisterTargetsCommand, DescribeTargetHealthCommand, RegisterTargetsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { ServiceRegion } from './autoscaling.ts';
import { createAws, type Aws } from './client.ts';
import { change, failure, groupsOf, read, until } from '../kit/index.ts';
import { targetGroupArn } from './target-health.ts';

export interface Targets {
  targets: { id: string; state: string; reason: string }[];
  /** Instances that Auto Scaling calls healthy and in service, and that the load balancer does not know. */
  lost: string[];
}

type Asked = ServiceRegion & { instances: string[] };

const patience = 5 * 60_000;
const instanceId = /^i-[0-9a-f]{8,17}$/;

/** The list of a load balancer: who is on it, with its reason, and who is missing. Source: pynomaly-aws "Load Balancer Issues". */
export function loadBalancerTargetActivities(environment: Environment, aws: Aws = createAws(environment)) {
  const balancer = ({ region }: ServiceRegion) => aws.client('elasticloadbalancing', region);
  const groupArn = (where: ServiceRegion) => targetGroupArn(environment, aws, where);
  const inService = async (where: ServiceRegion): Promise<string[]> => {
    const names = [groupsOf(environment, where).autoScalingGroup];
    const asked = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: names });
    const { AutoScalingGroups } = await aws.client('autoscaling', where.region).send(asked);
    const instances = AutoScalingGroups?.[0]?.Instances ?? [];
    return instances.flatMap(({ InstanceId, LifecycleState, HealthStatus }) =>
      LifecycleState === 'InService' && HealthStatus?.toLowerCase() === 'healthy' && InstanceId ? [InstanceId] : [],
    );
  };
  const readTargets = async (where: ServiceRegion): Promise<Targets> => {
    const [arn, running] = await Promise.all([groupArn(where), inService(where)]);
    const { TargetHealthDescriptions = [] } = await balancer(where).send(new DescribeTargetHealthCommand({ TargetGroupArn: arn }));
    const targets = TargetHealthDescriptions.map(({ Target, TargetHealth }) => ({
      id: Target?.Id ?? '',
      state: TargetHealth?.State ?? 'unknown',
      reason: TargetHealth?.Description ?? TargetHealth?.Reason ?? '',
    }));
    // One that is being let go is on the list still, and gets nothing new.
    const known = targets.filter(({ state }) => state !== 'draining').map(({ id }) => id);
    return { targets, lost: running.filter((id) => !known.includes(id)) };
  };
  const list = (arn: string, instances: string[]) => ({ TargetGroupArn: arn, Targets: instances.map((Id) => ({ Id })) });

  const turn = (on: boolean) =>
    change({
      look: async (asked: Asked) => {
        const bad = asked.instances.find((id) => !instanceId.test(id));
        if (bad !== undefined) throw failure(Failure.InvalidInput, `${JSON.stringify(bad)} is no instance`);
        const { targets } = await readTargets(asked);
        const known = targets.filter(({ state }) => state !== 'draining').map(({ id }) => id);
        const there = asked.instances.filter((id) => known.includes(id));
        const so = on ? there.length === asked.instances.length : there.length === 0;
        return { so, found: `${there.length} of ${asked.instances.length} are on the list`, arn: await groupArn(asked) };
      },
      predictAnyway: !on,
      predict: (asked, { arn }) => ({
        calls: [
          aws.predicted(
            'elasticloadbalancing',
            asked.region,
            on ? new RegisterTargetsCommand(list(arn, asked.instances)) : new DeregisterTargetsCommand(list(arn, asked.instances)),
          ),
        ],
        result: { instances: asked.instances },
      }),
      refuse: async (asked) => {
        if (!on) return;
        const running = await inService(asked);
        const others = asked.instances.filter((id) => !running.includes(id));
        if (others.length > 0)
          throw failure(
            Failure.RefusedBySafetyRule,
            `${others.join(', ')} is not an instance of ${asked.service} that Auto Scaling calls healthy`,
          );
      },
      act: async (asked, { arn }) => {
        if (on) await balancer(asked).send(new RegisterTargetsCommand(list(arn, asked.instances)));
        else await balancer(asked).send(new DeregisterTargetsCommand(list(arn, asked.instances)));
      },
      prove: (asked) =>
        until(
          async () => {
            const { targets } = await readTargets(asked);
            const ours = targets.filter(({ id, state }) => asked.instances.includes(id) && state !== 'draining');
            const done = on ? ours.filter(({ state }) => state === 'healthy').length === asked.instances.length : ours.length === 0;
            return done ? { is: { instances: asked.instances } } : { notYet: ours.map(({ id, state }) => `${id} is ${state}`).join(', ') };
          },
          { within: patience, what: `${asked.instances.join(', ')} to be ${on ? 'healthy on' : 'off'} the list` },
        ),
    });

  return {
    readTargets: read(readTargets),
    /** Only instances that Auto Scaling itself calls healthy come onto the list; proven when each is healthy there. */
    registerTargets: turn(true),
    deregisterTargets: turn(false),
  };
}
