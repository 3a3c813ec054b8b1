import { DescribeAutoScalingGroupsCommand, SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { type Aws, targetHealthReader } from '../aws/index.ts';
import { failure, groupsOf, named } from '../kit/index.ts';
import type { Former, Mitigation } from './mitigation.ts';

interface Group {
  region: string;
  desired: number;
  inService: number;
}

/** Fewer instances of a service in every region; groups that are smaller already are left alone, and none is ever made smaller by the way back. */
export function capacityMitigation(
  environment: Environment,
  aws: Aws,
  asked: { service: string; to: number; former: Former | undefined },
): Mitigation {
  const { service, to, former = {} } = asked;
  const regions = Object.keys(named(environment.services, service, 'service').regions);
  const nameOf = (region: string) => groupsOf(environment, { service, region }).autoScalingGroup;
  const readGroup = async (region: string): Promise<Group> => {
    const { AutoScalingGroups } = await aws
      .client('autoscaling', region)
      .send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [nameOf(region)] }));
    const group = AutoScalingGroups?.[0];
    if (!group) throw failure(Failure.Permanent, `there is no Auto Scaling group ${nameOf(region)} in ${region}`);
    const { DesiredCapacity = 0, MinSize = 0, Instances = [] } = group;
    if (to < MinSize) throw failure(Failure.InvalidInput, `${nameOf(region)} has at least ${MinSize} instances, so not ${to}`);
    return { region, desired: DesiredCapacity, inService: Instances.filter(({ LifecycleState }) => LifecycleState === 'InService').length };
  };
  const targets = targetHealthReader(environment, aws);
  /** One that is in service gets requests only when the load balancer has found it healthy, which matters only for the way back. */
  const servingIn = async ({ region, inService }: Group, on: boolean): Promise<number> =>
    on ? inService : Math.min(inService, (await targets({ service, region })).healthy);
  const groups = () => Promise.all(regions.map(readGroup));
  const wanted = (on: boolean, now: Former): { region: string; size: number }[] =>
    Object.entries(now).flatMap(([region, desired]) => {
      const size = on ? Math.min(desired, to) : Math.max(desired, former[region] ?? desired);
      return size === desired ? [] : [{ region, size }];
    });
  const resize = (region: string, size: number) =>
    new SetDesiredCapacityCommand({ AutoScalingGroupName: nameOf(region), DesiredCapacity: size, HonorCooldown: false });

  return {
    read: async () => {
      const found = await groups();
      const sizes = Object.fromEntries(found.map(({ region, desired }) => [region, desired]));
      const detail = found.map(({ region, desired }) => `${desired} in ${region}`).join(', ');
      const on = found.every(({ desired }) => desired <= to);
      const off = asked.former ? found.every(({ region, desired }) => desired >= (former[region] ?? 0)) : !on;
      return { on, off, value: to, former: sizes, detail: `${service} wants ${detail}` };
    },
    calls: (on, now) => wanted(on, now.former).map(({ region, size }) => aws.predicted('autoscaling', region, resize(region, size))),
    turn: (on, now) =>
      Promise.all(wanted(on, now.former).map(({ region, size }) => aws.client('autoscaling', region).send(resize(region, size)))),
    seen: async (on) => {
      const found = await Promise.all((await groups()).map(async (group) => ({ ...group, serving: await servingIn(group, on) })));
      const right = found.every(({ region, desired, serving }) =>
        on ? serving === desired && desired <= to : serving >= desired && desired >= (former[region] ?? 0),
      );
      const say = found.map(({ region, serving }) => `${serving} in ${region}`).join(', ');
      return right ? { is: `in service: ${say}` } : { notYet: `in service: ${say}` };
    },
  };
}
