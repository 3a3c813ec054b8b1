import { DescribeAutoScalingGroupsCommand, type AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import {
  DescribeInstanceStatusCommand,
  DescribeInstanceTypesCommand,
  DescribeLaunchTemplateVersionsCommand,
  type _InstanceType,
} from '@aws-sdk/client-ec2';
import { GetServiceQuotaCommand } from '@aws-sdk/client-service-quotas';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { ServiceRegion } from './autoscaling.ts';
import { createAws, type Aws } from './client.ts';
import { failure, groupsOf, read } from '../kit/index.ts';

export interface InstanceHealth {
  total: number;
  /** Running, and both of EC2's own checks passed. */
  ok: number;
  /** At most 20. */
  impaired: { id: string; detail: string }[];
}

export interface Quota {
  quota: string;
  needed: number;
  have: number;
}

/** One family of instances shares one quota, counted in virtual CPUs. */
const standardFamilies = /^[acdhimrtz]\d/;
const standardQuota = 'L-1216C47A';

/** EC2 itself: what it says about a service's instances, and whether the account may run as many as are needed. */
export function ec2Activities(environment: Environment, aws: Aws = createAws(environment)) {
  const readGroup = async ({ service, region }: ServiceRegion): Promise<AutoScalingGroup> => {
    const name = groupsOf(environment, { service, region }).autoScalingGroup;
    const { AutoScalingGroups } = await aws
      .client('autoscaling', region)
      .send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }));
    const group = AutoScalingGroups?.[0];
    if (!group) throw failure(Failure.Permanent, `there is no Auto Scaling group ${name} in ${region}`);
    return group;
  };

  const instanceType = async (region: string, { Instances, LaunchTemplate, AutoScalingGroupName }: AutoScalingGroup): Promise<string> => {
    const running = Instances?.find(({ InstanceType }) => InstanceType)?.InstanceType;
    if (running) return running;
    const template = LaunchTemplate?.LaunchTemplateId
      ? { LaunchTemplateId: LaunchTemplate.LaunchTemplateId }
      : { LaunchTemplateName: LaunchTemplate?.LaunchTemplateName };
    const versions = [LaunchTemplate?.Version ?? '$Default'];
    const { LaunchTemplateVersions } = await aws
      .client('ec2', region)
      .send(new DescribeLaunchTemplateVersionsCommand({ ...template, Versions: versions }));
    const type = LaunchTemplateVersions?.[0]?.LaunchTemplateData?.InstanceType;
    if (!type) throw failure(Failure.Permanent, `it cannot be read which instance type ${AutoScalingGroupName} starts`);
    return type;
  };

  return {
    instanceStatus: read(async (where: ServiceRegion): Promise<InstanceHealth> => {
      const ids = ((await readGroup(where)).Instances ?? []).flatMap(({ InstanceId }) => (InstanceId ? [InstanceId] : []));
      if (ids.length === 0) return { total: 0, ok: 0, impaired: [] };
      const { InstanceStatuses = [] } = await aws
        .client('ec2', where.region)
        .send(new DescribeInstanceStatusCommand({ InstanceIds: ids.slice(0, 100), IncludeAllInstances: true }));
      const impaired = InstanceStatuses.flatMap(({ InstanceId, InstanceState, SystemStatus, InstanceStatus }) => {
        const checks = [SystemStatus?.Status, InstanceStatus?.Status];
        if (InstanceState?.Name === 'running' && checks.every((check) => check === 'ok')) return [];
        return [{ id: InstanceId ?? '', detail: `${InstanceState?.Name}, system ${checks[0]}, instance ${checks[1]}` }];
      });
      return { total: InstanceStatuses.length, ok: InstanceStatuses.length - impaired.length, impaired: impaired.slice(0, 20) };
    }),

    /** What `needed` instances of the service take, against what the account may run in the region; in virtual CPUs. */
    quotas: read(async ({ needed, ...where }: ServiceRegion & { needed: number }): Promise<Quota[]> => {
      const type = await instanceType(where.region, await readGroup(where));
      if (!standardFamilies.test(type)) throw failure(Failure.Permanent, `the quota of the instance type ${type} is not known to Muster`);
      const [types, quota] = await Promise.all([
        aws.client('ec2', where.region).send(new DescribeInstanceTypesCommand({ InstanceTypes: [type as _InstanceType] })),
        aws.client('servicequotas', where.region).send(new GetServiceQuotaCommand({ ServiceCode: 'ec2', QuotaCode: standardQuota })),
      ]);
      const cpus = types.InstanceTypes?.[0]?.VCpuInfo?.DefaultVCpus;
      if (!cpus || quota.Quota?.Value === undefined)
        throw failure(Failure.Permanent, `the quota for ${type} in ${where.region} cannot be read`);
      return [{ quota: `${quota.Quota.QuotaName} (${standardQuota}), in vCPUs`, needed: needed * cpus, have: quota.Quota.Value }];
    }),
  };
}
