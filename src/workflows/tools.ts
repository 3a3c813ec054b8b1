import { proxyActivities } from '@temporalio/workflow';
import type { autoscalingActivities } from '../activities/autoscaling.ts';
import type { archiveActivities } from '../activities/archive.ts';
import type { ec2Activities } from '../activities/ec2.ts';
import type { httpProbeActivities } from '../activities/http-probe.ts';
import type { leaseActivities } from '../activities/leases.ts';
import type { loadBalancerActivities } from '../activities/load-balancer.ts';
import type { pagerDutyActivities } from '../activities/pagerduty.ts';
import type { postgresActivities } from '../activities/postgres.ts';
import type { rdsActivities } from '../activities/rds.ts';
import type { route53Activities } from '../activities/route53.ts';
import type { slackActivities } from '../activities/slack.ts';
import type { statuspageActivities } from '../activities/statuspage.ts';
import type { stsActivities } from '../activities/sts.ts';

// A worker that dies is noticed by its missing heartbeat, so this is the longest wait for the next try.
const alive = { heartbeatTimeout: '6s' } as const;
// Half a minute of tries; then a person is asked, so that no run is stuck in silence.
const patient = { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '5s', maximumAttempts: 10 } as const;

export const route53 = proxyActivities<ReturnType<typeof route53Activities>>({
  ...alive,
  startToCloseTimeout: '3m',
  scheduleToCloseTimeout: '10m',
  retry: patient,
});
export const rds = proxyActivities<ReturnType<typeof rdsActivities>>({
  ...alive,
  startToCloseTimeout: '1h',
  scheduleToCloseTimeout: '2h',
  retry: patient,
});
export const autoscaling = proxyActivities<ReturnType<typeof autoscalingActivities>>({
  ...alive,
  startToCloseTimeout: '15m',
  scheduleToCloseTimeout: '20m',
  retry: patient,
});
export const loadBalancer = proxyActivities<ReturnType<typeof loadBalancerActivities>>({
  ...alive,
  startToCloseTimeout: '15m',
  scheduleToCloseTimeout: '20m',
  retry: patient,
});
export const ec2 = proxyActivities<ReturnType<typeof ec2Activities>>({
  startToCloseTimeout: '20s',
  retry: { ...patient, maximumAttempts: 3 },
});
export const sts = proxyActivities<ReturnType<typeof stsActivities>>({
  startToCloseTimeout: '10s',
  retry: { ...patient, maximumAttempts: 3 },
});
export const postgres = proxyActivities<ReturnType<typeof postgresActivities>>({
  ...alive,
  startToCloseTimeout: '15m',
  scheduleToCloseTimeout: '20m',
  retry: patient,
});
export const probes = proxyActivities<ReturnType<typeof httpProbeActivities>>({
  ...alive,
  startToCloseTimeout: '1h',
  scheduleToCloseTimeout: '2h',
  retry: patient,
});
/** Messages are tried once while a run lasts: what fails is in the record, and nobody waits for it. */
export const comms = proxyActivities<
  ReturnType<typeof slackActivities> & ReturnType<typeof pagerDutyActivities> & ReturnType<typeof statuspageActivities>
>({
  startToCloseTimeout: '10s',
  scheduleToCloseTimeout: '20s',
  retry: { maximumAttempts: 2 },
});
/** Muster's own bookkeeping. */
export const records = proxyActivities<ReturnType<typeof leaseActivities> & ReturnType<typeof archiveActivities>>({
  startToCloseTimeout: '20s',
  scheduleToCloseTimeout: '2m',
  retry: patient,
});
