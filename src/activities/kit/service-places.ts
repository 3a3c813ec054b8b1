import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { failure } from './fail.ts';
import { named, resolved } from './lookup.ts';

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
  serviceName?: string | undefined;
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

export interface ComposePlace {
  host: string;
  project: string;
  files: string[];
  /** In the compose files. */
  service: string;
}

/** This machine's own engine; named, so that no context of somebody's configuration decides. */
const ownEngine = 'unix:///var/run/docker.sock';

/** Where a service runs in docker compose. Throws InvalidInput when it runs on something else. */
export function composeOf(environment: Environment, where: ServiceRegion): ComposePlace {
  const { compose } = placeOf(environment, where);
  if (!compose) throw failure(Failure.InvalidInput, `${where.service} in ${where.region} does not run in docker compose`);
  const { host = ownEngine, files, ...rest } = compose;
  return { ...rest, host: resolved(host), files: files.map(resolved) };
}

export type HostPlace = NonNullable<Environment['services'][string]['regions'][string]['host']>;

/** The machine of a service in a region, with its references followed. Throws InvalidInput when it names none. */
export function hostOf(environment: Environment, where: ServiceRegion): HostPlace {
  const { host } = placeOf(environment, where);
  if (!host) throw failure(Failure.InvalidInput, `the environment names no host of ${where.service} in ${where.region}`);
  return { ...host, address: resolved(host.address), identity: resolved(host.identity), knownHosts: resolved(host.knownHosts) };
}

/** A text of the environment in which `{region}` stands for the region. */
export const inRegion = (text: string, region: string): string => text.replaceAll('{region}', region);
