import type { Environment } from '../../config/environment.ts';
import type { Aws } from '../aws/index.ts';
import { join } from '../kit/index.ts';
import { route53Activities } from './route53.ts';
import { trafficSwitchActivities } from './switch.ts';
import { arcActivities } from './arc.ts';
import { consumerActivities } from './consumers.ts';
import { warmUpActivities } from './warm-up.ts';

export { consumerActivities, route53Activities };

/** Every activity of this room. */
export const trafficRoom = (environment: Environment, aws: Aws) =>
  join(
    route53Activities(environment, aws),
    trafficSwitchActivities(environment),
    arcActivities(environment),
    consumerActivities(environment),
    warmUpActivities(environment),
  );

export type Route53Tools = ReturnType<typeof route53Activities>;
export type TrafficSwitchTools = ReturnType<typeof trafficSwitchActivities>;
export type ArcTools = ReturnType<typeof arcActivities>;
export type ConsumerTools = ReturnType<typeof consumerActivities>;
export type WarmUpTools = ReturnType<typeof warmUpActivities>;
