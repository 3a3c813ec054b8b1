import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { failure, seeHealth } from '../kit/index.ts';

/** `ready`, or how a service answers instead when it is asked past the load balancer of one region. */
export async function readiness(environment: Environment, service: string, region: string): Promise<string> {
  const { well, detail } = await seeHealth(environment, { service, region });
  return well ? 'ready' : detail;
}

/** Throws RefusedBySafetyRule when a region that would get the traffic is not ready for it. */
export async function refuseUnlessReady(environment: Environment, service: string, region: string): Promise<void> {
  const seen = await readiness(environment, service, region);
  if (seen !== 'ready')
    throw failure(Failure.RefusedBySafetyRule, `${service} in ${region} would get all traffic and is not ready: it ${seen}`);
}
