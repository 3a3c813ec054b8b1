import { DescribeAutoScalingGroupsCommand, type AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { RegionName } from '../contract.ts';
import type { Estate, InstanceState } from '../estate.ts';
import { queryAnswer, Refusal } from './answers.ts';
import { awsRegions, withForm, type Call, type Handlers } from './call.ts';
import type { Moto } from './moto.ts';
import { toXml } from './xml.ts';
import { regional } from './regional.ts';

/** Calls that see or change the instances of the shop: Auto Scaling, target health, instance status. */
export function capacityHandlers(moto: Moto, estate: Estate): Handlers {
  const groupsIn = async (region: RegionName, names?: string[]): Promise<AutoScalingGroup[]> => {
    const command = new DescribeAutoScalingGroupsCommand(names ? { AutoScalingGroupNames: names } : {});
    const found = await moto.regions[region].autoScaling.send(command);
    return found.AutoScalingGroups!.map((group) => realGroup(group, estate, region));
  };
  const groupNameOf = (call: Call) => (call.form.get('TargetGroupArn') ?? '').split('/')[1] ?? '';
  const relist = async (call: Call, on: boolean) => {
    const ids = [...call.form].flatMap(([name, value]) => (/^Targets\.member\.\d+\.Id$/.test(name) ? [value] : []));
    if (!estate.list(groupNameOf(call), ids, on))
      throw new Refusal('InvalidTarget', 'The specified target does not exist or is not in the same VPC as the target group.');
    return queryAnswer(call, '');
  };
  const groupOf = async (call: Call): Promise<AutoScalingGroup> => {
    const name = call.form.get('AutoScalingGroupName') ?? '';
    const [group] = await groupsIn(regional(call), [name]);
    if (!group) throw invalid(`AutoScalingGroup name not found - AutoScalingGroup '${name}' not found`);
    return group;
  };

  return {
    'autoscaling:DescribeAutoScalingGroups': async (call) => {
      const names = parameters(call, 'AutoScalingGroupNames.member');
      return queryAnswer(call, toXml({ AutoScalingGroups: await groupsIn(regional(call), names.length > 0 ? names : undefined) }));
    },

    'autoscaling:SetDesiredCapacity': async (call) => {
      const group = await groupOf(call);
      const desired = Number(call.form.get('DesiredCapacity'));
      refuseOutside(desired, group.MinSize!, group.MaxSize!);
      // moto keeps the group, the estate its instances.
      estate.setCapacity(group.AutoScalingGroupName!, desired);
      return queryAnswer(call, '');
    },

    'autoscaling:UpdateAutoScalingGroup': async (call) => {
      const group = await groupOf(call);
      const asked = (name: string) => (call.form.has(name) ? Number(call.form.get(name)) : undefined);
      const min = asked('MinSize') ?? group.MinSize!;
      const max = asked('MaxSize') ?? group.MaxSize!;
      if (min > max) throw invalid(`Max bound, ${max}, must be greater than or equal to min bound, ${min}`);
      const desired = asked('DesiredCapacity') ?? Math.min(max, Math.max(min, group.DesiredCapacity!));
      refuseOutside(desired, min, max);
      // With a capacity of its own moto would start instances that nobody has.
      const answer = await moto.forward(withForm(call, { DesiredCapacity: '0' }));
      if (answer.status === 200 && desired !== group.DesiredCapacity) estate.setCapacity(group.AutoScalingGroupName!, desired);
      return answer;
    },

    'elasticloadbalancing:DescribeTargetHealth': async (call) => {
      const capacity = estate.capacity(groupNameOf(call));
      const known = await moto.forward(call);
      if (known.status !== 200 || !capacity) return known;
      return queryAnswer(
        call,
        toXml({ TargetHealthDescriptions: capacity.instances.filter(({ unlisted }) => !unlisted).map(targetHealth) }),
      );
    },

    'elasticloadbalancing:RegisterTargets': async (call) => relist(call, true),
    'elasticloadbalancing:DeregisterTargets': async (call) => relist(call, false),

    'ec2:DescribeInstanceStatus': async (call) => {
      const region = regional(call);
      const groups = await groupsIn(region);
      const instances = groups.flatMap((group) => estate.capacity(group.AutoScalingGroupName!)?.instances ?? []);
      const wanted = parameters(call, 'InstanceId');
      const missing = wanted.filter((id) => !instances.some((instance) => instance.id === id));
      if (missing.length > 0) throw new Refusal('InvalidInstanceID.NotFound', `The instance ID '${missing.join(', ')}' does not exist`);
      const shown = instances.filter((instance) => wanted.length === 0 || wanted.includes(instance.id));
      const items = shown.map((instance) => `<item>${toXml(instanceStatus(instance, region))}</item>`);
      return queryAnswer(call, `<instanceStatusSet>${items.join('')}</instanceStatusSet>`);
    },
  };
}

function realGroup(group: AutoScalingGroup, estate: Estate, region: RegionName): AutoScalingGroup {
  const capacity = estate.capacity(group.AutoScalingGroupName!);
  if (!capacity) return group;
  const instances = capacity.instances.map((instance) => ({
    InstanceId: instance.id,
    AvailabilityZone: `${awsRegions[region]}a`,
    LifecycleState: instance.state === 'pending' ? ('Pending' as const) : ('InService' as const),
    HealthStatus: 'Healthy',
    LaunchTemplate: instance.release ? { ...group.LaunchTemplate, Version: instance.release.version } : group.LaunchTemplate,
    ProtectedFromScaleIn: false,
  }));
  return { ...group, DesiredCapacity: capacity.desired, Instances: instances };
}

function targetHealth(instance: InstanceState) {
  const target = { Id: instance.id, Port: instance.port };
  if (instance.ready) return { Target: target, TargetHealth: { State: 'healthy' } };
  const [State, Reason, Description] =
    instance.state === 'pending'
      ? ['initial', 'Elb.RegistrationInProgress', 'Target registration is in progress']
      : ['unhealthy', 'Target.FailedHealthChecks', 'Health checks failed'];
  return { Target: target, TargetHealth: { State, Reason, Description: instance.reason ?? Description } };
}

function instanceStatus(instance: InstanceState, region: RegionName) {
  const running = instance.state === 'inService';
  const check = { status: running ? 'ok' : 'initializing' };
  return {
    instanceId: instance.id,
    availabilityZone: `${awsRegions[region]}a`,
    instanceState: running ? { code: 16, name: 'running' } : { code: 0, name: 'pending' },
    systemStatus: check,
    instanceStatus: check,
  };
}

function refuseOutside(desired: number, min: number, max: number): void {
  if (!Number.isInteger(desired)) throw invalid('DesiredCapacity must be a whole number.');
  const limit = desired > max ? `above max value ${max}` : `below min value ${min}`;
  if (desired > max || desired < min) throw invalid(`New SetDesiredCapacity value ${desired} is ${limit} for the AutoScalingGroup.`);
}

function invalid(message: string): Refusal {
  return new Refusal('ValidationError', message);
}

/** Values of a list in a form: `<prefix>.1`, `<prefix>.2` … */
function parameters(call: Call, prefix: string): string[] {
  return [...call.form].filter(([name]) => name.startsWith(`${prefix}.`)).map(([, value]) => value);
}
