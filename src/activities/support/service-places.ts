import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { failure } from './fail.ts';
import { named } from './lookup.ts';

interface ServiceRegion {
  service: string;
  region: string;
}

export interface DeploymentPlace {
  context: string;
  namespace: string;
  deployment: string;
  autoscaler?: string | undefined;
  manifests?: string | undefined;
}

const placeOf = (environment: Environment, { service, region }: ServiceRegion) =>
  named(named(environment.services, service, 'service').regions, region, `service ${service} in the region`);

/** Auto Scaling group and target group of a service in a region. Throws InvalidInput when it runs on something else. */
export function groupsOf(environment: Environment, where: ServiceRegion): { autoScalingGroup: string; targetGroup: string } {
  const { autoScalingGroup, targetGroup } = placeOf(environment, where);
  if (autoScalingGroup !== undefined && targetGroup !== undefined) return { autoScalingGroup, targetGroup };
  throw failure(Failure.InvalidInput, `${where.service} in ${where.region} does not run in an Auto Scaling group`);
}

/** The Deployment of a service in a region. Throws InvalidInput when it runs on something else. */
export function deploymentOf(environment: Environment, where: ServiceRegion): DeploymentPlace {
  const { kubernetes } = placeOf(environment, where);
  if (!kubernetes) throw failure(Failure.InvalidInput, `${where.service} in ${where.region} does not run on Kubernetes`);
  return { ...kubernetes, context: inRegion(kubernetes.context, where.region) };
}

/** A text of the environment in which `{region}` stands for the region. */
export const inRegion = (text: string, region: string): string => text.replaceAll('{region}', region);
