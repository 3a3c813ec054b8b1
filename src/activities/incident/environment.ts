import type { Environment } from '../../config/environment.ts';

/** The service of the environment that a service of incidents stands for; undefined when it is only a name for people. */
export function recovered(environment: Environment, service: string): string | undefined {
  const services = environment.incidents?.policy.services ?? {};
  const name = (Object.hasOwn(services, service) ? services[service]?.recovers : undefined) ?? service;
  return Object.hasOwn(environment.services, name) ? name : undefined;
}
