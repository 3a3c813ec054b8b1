import type { Environment } from '../config/environment.ts';
import { archiveActivities } from './archive.ts';
import { autoscalingActivities } from './autoscaling.ts';
import { ec2Activities } from './ec2.ts';
import { httpProbeActivities } from './http-probe.ts';
import { leaseActivities } from './leases.ts';
import { loadBalancerActivities } from './load-balancer.ts';
import { pagerDutyActivities } from './pagerduty.ts';
import { postgresActivities } from './postgres.ts';
import { rdsActivities } from './rds.ts';
import { route53Activities } from './route53.ts';
import { slackActivities } from './slack.ts';
import { statuspageActivities } from './statuspage.ts';
import { stsActivities } from './sts.ts';
import { createAws } from './support/aws.ts';

export type Activities = ReturnType<typeof createActivities>;

/** Joins the tools of one environment; throws when two activities have one name. */
export function createActivities(environment: Environment) {
  const aws = createAws(environment);
  return join(
    route53Activities(environment, aws),
    rdsActivities(environment, aws),
    autoscalingActivities(environment, aws),
    loadBalancerActivities(environment, aws),
    ec2Activities(environment, aws),
    stsActivities(environment, aws),
    postgresActivities(environment),
    httpProbeActivities(environment),
    slackActivities(environment),
    pagerDutyActivities(environment),
    statuspageActivities(environment),
    leaseActivities(environment),
    archiveActivities(environment),
  );
}

type Joined<Parts extends object[]> = Parts extends [infer First extends object, ...infer Rest extends object[]]
  ? First & Joined<Rest>
  : unknown;

/** One flat object, because Temporal knows activities by their bare names. */
export function join<Parts extends object[]>(...parts: Parts): Joined<Parts> {
  const entries = parts.flatMap((part) => Object.entries(part));
  const names = entries.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`two activities are called ${twice}`);
  return Object.fromEntries(entries) as Joined<Parts>;
}
