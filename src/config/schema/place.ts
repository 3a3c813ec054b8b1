import { z } from 'zod';
import { url } from './basics.ts';
import { composePlace } from './compose.ts';
import { deploymentPlace } from './deployment.ts';
import { hostPlace } from './host.ts';
import { warmUp } from './traffic.ts';

/** A region of a service: an Auto Scaling group with its target group, a Deployment of Kubernetes, or something that Muster does not run. */
export const place = z
  .strictObject({
    autoScalingGroup: z.string().optional().describe('Auto Scaling group of AWS that runs it; together with `targetGroup`.'),
    targetGroup: z.string().optional().describe('Name of the target group through which the load balancer reaches it.'),
    kubernetes: deploymentPlace.optional(),
    compose: composePlace.optional(),
    host: hostPlace.optional(),
    url: url.describe('Base URL of the service in this region, past the load balancer that stands before all regions.'),
    fullCapacity: z.int().positive().describe('Instances (pods, containers) that carry the whole load.'),
    warmUp: warmUp.optional(),
  })
  .refine(
    ({ autoScalingGroup, targetGroup, kubernetes }) =>
      (autoScalingGroup === undefined) === (targetGroup === undefined) && (autoScalingGroup === undefined || kubernetes === undefined),
    'say either autoScalingGroup and targetGroup, or kubernetes',
  )
  .refine(
    ({ autoScalingGroup, kubernetes, compose }) => compose === undefined || (autoScalingGroup === undefined && kubernetes === undefined),
    'a service runs in docker compose, on Kubernetes or in an Auto Scaling group, not in two of them',
  );
