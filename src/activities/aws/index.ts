import type { Environment } from '../../config/environment.ts';
import type { Aws } from './client.ts';
import { join } from '../kit/index.ts';
import { stsActivities } from './sts.ts';
import { kmsActivities } from './kms.ts';
import { ec2Activities } from './ec2.ts';
import { cloudwatchActivities } from './cloudwatch.ts';
import { autoscalingActivities } from './autoscaling.ts';
import { launchTemplateActivities } from './launch-templates.ts';
import { loadBalancerActivities } from './load-balancer.ts';
import { loadBalancerTargetActivities } from './targets.ts';

export type { Capacity, ServiceRegion } from './autoscaling.ts';
export { type Aws, createAws, credentialsOf } from './client.ts';
export type { TargetHealth } from './load-balancer.ts';
export { instanceName } from './instance-name.ts';
export { isOurs, madeAs, makerTags, operationOf, operationTags } from './operation-tags.ts';
export { targetHealthReader } from './target-health.ts';
export type { Targets } from './targets.ts';
export { autoscalingActivities, cloudwatchActivities, launchTemplateActivities };

/** Every activity of this room. */
export const awsRoom = (environment: Environment, aws: Aws) =>
  join(
    stsActivities(environment, aws),
    kmsActivities(environment, aws),
    ec2Activities(environment, aws),
    cloudwatchActivities(environment, aws),
    autoscalingActivities(environment, aws),
    launchTemplateActivities(environment, aws),
    loadBalancerActivities(environment, aws),
    loadBalancerTargetActivities(environment, aws),
  );

export type StsTools = ReturnType<typeof stsActivities>;
export type KmsTools = ReturnType<typeof kmsActivities>;
export type Ec2Tools = ReturnType<typeof ec2Activities>;
export type CloudwatchTools = ReturnType<typeof cloudwatchActivities>;
export type AutoscalingTools = ReturnType<typeof autoscalingActivities>;
export type LaunchTemplateTools = ReturnType<typeof launchTemplateActivities>;
export type LoadBalancerTools = ReturnType<typeof loadBalancerActivities>;
export type LoadBalancerTargetTools = ReturnType<typeof loadBalancerTargetActivities>;
