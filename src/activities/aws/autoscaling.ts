import {
  DescribeAutoScalingGroupsCommand,
  ResumeProcessesCommand,
  SetDesiredCapacityCommand,
  SuspendProcessesCommand,
  UpdateAutoScalingGroupCommand,
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
  /** True when schedules and rebalancing do not change the group. */
  suspended: boolean;
  /** Alarms start and stop nothing. */
  alarmsOff?: true;
}

/** What takes instances away whatever the minimum is; alarms go on, so that more are started when more is asked. */
const frozenProcesses = ['ScheduledActions', 'AZRebalance'];
/** Runs of before stopped the alarms as well. */
const resumedProcesses = [...frozenProcesses, 'AlarmNotification'];
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
  const processes = (where: ServiceRegion, ScalingProcesses: string[]) => ({ AutoScalingGroupName: groupName(where), ScalingProcesses });
  const limit = (where: ServiceRegion, MinSize: number) =>
    new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: groupName(where), MinSize });
  const freezing = ({ min: least, ...where }: Bounded, { min }: { min: number }) => [
    ...(least === undefined || min >= least ? [] : [limit(where, least)]),
    new SuspendProcessesCommand(processes(where, frozenProcesses)),
  ];
  const thawing = ({ min: before, ...where }: Bounded, { min }: { min: number }) => [
    ...(before === undefined || min === before ? [] : [limit(where, before)]),
    new ResumeProcessesCommand(processes(where, resumedProcesses)),
  ];
  const send = async ({ region }: ServiceRegion, commands: ReturnType<typeof freezing | typeof thawing>): Promise<void> => {
    for (const command of commands)
      await ('MinSize' in command.input
        ? aws.client('autoscaling', region).send(command)
        : aws.client('autoscaling', region).send(command));
  };
  const predicted = ({ region }: ServiceRegion, commands: ReturnType<typeof freezing | typeof thawing>) =>
    commands.map((command) => aws.predicted('autoscaling', region, command));
  const look = (isSo: (group: Capacity, asked: Bounded) => boolean) => async (asked: Bounded) => {
    const group = await readGroup(asked);
    const found = `${groupName(asked)} has at least ${group.min} instances, and schedules that are ${group.suspended ? 'suspended' : 'on'}`;
    return { so: isSo(group, asked), found, min: group.min };
  };
  const prove = (isSo: (group: Capacity, asked: Bounded) => boolean, suspended: boolean) => (asked: Bounded) =>
    until(async () => (isSo(await readGroup(asked), asked) ? { is: { suspended } } : { notYet: 'it is not' }), {
      within: 30_000,
      what: `the limits of ${groupName(asked)} to be ${suspended ? 'held' : 'given back'}`,
    });
  const isHeld = ({ suspended, min }: Capacity, asked: Bounded) => suspended && min >= (asked.min ?? 0);
  const isFree = ({ suspended, alarmsOff, min }: Capacity, asked: Bounded) => !suspended && !alarmsOff && min === (asked.min ?? min);

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

    /** Nothing takes instances away below `min`; more may be started at any time. */
    suspendScaling: change({
      look: look(isHeld),
      predict: (asked: Bounded, found) => ({ calls: predicted(asked, freezing(asked, found)), result: { suspended: true } }),
      act: (asked, found) => send(asked, freezing(asked, found)),
      prove: prove(isHeld, true),
    }),

    /** Gives the group back what it had: its schedules, and its minimum when `min` says it. */
    resumeScaling: change({
      look: look(isFree),
      predictAnyway: true,
      predict: (asked: Bounded, found) => ({ calls: predicted(asked, thawing(asked, found)), result: { suspended: false } }),
      act: (asked, found) => send(asked, thawing(asked, found)),
      prove: prove(isFree, false),
    }),
  };
}

/** `min` is the fewest instances. */
interface Bounded extends ServiceRegion {
  min?: number;
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
    ...(suspended.has('AlarmNotification') ? { alarmsOff: true } : {}),
  };
}
