import {
  DescribeAutoScalingGroupsCommand,
  ResumeProcessesCommand,
  SetDesiredCapacityCommand,
  SuspendProcessesCommand,
  type AutoScalingGroup,
} from '@aws-sdk/client-auto-scaling';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { createAws, type Aws } from './client.ts';
import { change, failure, groupsOf, read, until } from '../kit/index.ts';

/** A service in one of its regions. */
export interface ServiceRegion {
  service: string;
  region: string;
}

export interface Capacity {
  desired: number;
  min: number;
  max: number;
  /** Units of capacity whose instances Auto Scaling calls healthy and in service: one for each, or its weight. */
  inService: number;
  /** True when alarms, schedules and rebalancing do not change the group. */
  suspended: boolean;
}

/** What would change the group's size behind the run's back; launching, terminating and health checks go on. */
const frozenProcesses = ['AlarmNotification', 'ScheduledActions', 'AZRebalance'];
const patience = 10 * 60_000;

/** Auto Scaling groups: sized for the load before the traffic comes, and held still while it moves. */
export function autoscalingActivities(environment: Environment, aws: Aws = createAws(environment)) {
  const groupName = (where: ServiceRegion) => groupsOf(environment, where).autoScalingGroup;
  const readGroup = async (where: ServiceRegion) => {
    const name = groupName(where);
    const { AutoScalingGroups } = await aws
      .client('autoscaling', where.region)
      .send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }));
    const group = AutoScalingGroups?.[0];
    if (!group) throw failure(Failure.Permanent, `there is no Auto Scaling group ${name} in ${where.region}`);
    return capacityOf(group);
  };
  const resize = (asked: NewCapacity) =>
    new SetDesiredCapacityCommand({ AutoScalingGroupName: groupName(asked), DesiredCapacity: asked.desired, HonorCooldown: false });
  const processes = (where: ServiceRegion) => ({ AutoScalingGroupName: groupName(where), ScalingProcesses: frozenProcesses });
  const lookAtProcesses = (wanted: boolean) => async (where: ServiceRegion) => {
    const { suspended } = await readGroup(where);
    return { so: suspended === wanted, found: `automatic scaling of ${groupName(where)} is ${suspended ? 'suspended' : 'on'}` };
  };
  const proveProcesses = (wanted: boolean) => (where: ServiceRegion) =>
    until(
      async () =>
        (await readGroup(where)).suspended === wanted ? { is: { suspended: wanted } } : { notYet: `it is ${wanted ? 'on' : 'suspended'}` },
      {
        within: 30_000,
        what: `automatic scaling of ${groupName(where)} to be ${wanted ? 'suspended' : 'on'}`,
      },
    );

  return {
    readCapacity: read((where: ServiceRegion): Promise<Capacity> => readGroup(where)),

    /** Sets the number of instances and waits until so many are in service. */
    setCapacity: change({
      look: async (asked: NewCapacity) => {
        const { desired, min, max } = await readGroup(asked);
        if (!Number.isInteger(asked.desired) || asked.desired < min || asked.desired > max) {
          throw failure(Failure.InvalidInput, `${groupName(asked)} allows ${min} to ${max} instances, not ${asked.desired}`);
        }
        return { so: desired === asked.desired, found: `${groupName(asked)} wants ${desired} instances` };
      },
      predict: (asked) => ({
        calls: [aws.predicted('autoscaling', asked.region, resize(asked))],
        result: { desired: asked.desired, inService: asked.desired },
      }),
      act: async (asked) => {
        await aws.client('autoscaling', asked.region).send(resize(asked));
      },
      prove: (asked) =>
        until(
          async () => {
            const { desired, inService } = await readGroup(asked);
            // Weights may not add up exactly.
            return desired === asked.desired && inService >= asked.desired
              ? { is: { desired, inService } }
              : { notYet: `${inService} are` };
          },
          { within: patience, what: `${asked.desired} instances of ${groupName(asked)} to be in service` },
        ),
    }),

    suspendScaling: change({
      look: lookAtProcesses(true),
      predict: (where) => ({
        calls: [aws.predicted('autoscaling', where.region, new SuspendProcessesCommand(processes(where)))],
        result: { suspended: true },
      }),
      act: async (where) => {
        await aws.client('autoscaling', where.region).send(new SuspendProcessesCommand(processes(where)));
      },
      prove: proveProcesses(true),
    }),

    resumeScaling: change({
      look: lookAtProcesses(false),
      predictAnyway: true,
      predict: (where) => ({
        calls: [aws.predicted('autoscaling', where.region, new ResumeProcessesCommand(processes(where)))],
        result: { suspended: false },
      }),
      act: async (where) => {
        await aws.client('autoscaling', where.region).send(new ResumeProcessesCommand(processes(where)));
      },
      prove: proveProcesses(false),
    }),
  };
}

interface NewCapacity extends ServiceRegion {
  desired: number;
}

function capacityOf({
  DesiredCapacity = 0,
  MinSize = 0,
  MaxSize = 0,
  Instances = [],
  SuspendedProcesses = [],
}: AutoScalingGroup): Capacity {
  const suspended = new Set(SuspendedProcesses.map(({ ProcessName }) => ProcessName));
  return {
    desired: DesiredCapacity,
    min: MinSize,
    max: MaxSize,
    // With weights an instance counts for more than one unit of what is desired.
    inService: Instances.filter(({ LifecycleState, HealthStatus }) => LifecycleState === 'InService' && HealthStatus === 'Healthy').reduce(
      (sum, { WeightedCapacity }) => sum + (Number(WeightedCapacity) || 1),
      0,
    ),
    suspended: frozenProcesses.every((name) => suspended.has(name)),
  };
}
