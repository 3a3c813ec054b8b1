import { proxyActivities } from '@temporalio/workflow';
import type { arcActivities } from '../activities/arc.ts';
import type { autoscalingActivities } from '../activities/autoscaling.ts';
import type { archiveActivities } from '../activities/archive.ts';
import type { backupActivities } from '../activities/backups.ts';
import type { cloudwatchActivities } from '../activities/cloudwatch.ts';
import type { consumerActivities } from '../activities/consumers.ts';
import type { deliveryActivities } from '../activities/delivery.ts';
import type { emailActivities } from '../activities/email.ts';
import type { ec2Activities } from '../activities/ec2.ts';
import type { httpProbeActivities } from '../activities/http-probe.ts';
import type { IncidentTools } from '../activities/incident-tools.ts';
import type { kmsActivities } from '../activities/kms.ts';
import type { KubernetesTools } from '../activities/kubernetes-tools.ts';
import type { launchTemplateActivities } from '../activities/launch-templates.ts';
import type { leaseActivities } from '../activities/leases.ts';
import type { loadBalancerTargetActivities } from '../activities/load-balancer-targets.ts';
import type { loadBalancerActivities } from '../activities/load-balancer.ts';
import type { migrationActivities } from '../activities/migrations.ts';
import type { mitigationActivities } from '../activities/mitigations.ts';
import type { pagerDutyActivities } from '../activities/pagerduty.ts';
import type { postgresIntegrityActivities } from '../activities/postgres-integrity.ts';
import type { postgresActivities } from '../activities/postgres.ts';
import type { clusterActivities } from '../activities/rds-clusters.ts';
import type { rdsActivities } from '../activities/rds.ts';
import type { route53Activities } from '../activities/route53.ts';
import type { serviceLevelActivities } from '../activities/service-levels.ts';
import type { slackActivities } from '../activities/slack.ts';
import type { statuspageActivities } from '../activities/statuspage.ts';
import type { stsActivities } from '../activities/sts.ts';
import type { ticketActivities } from '../activities/ticket.ts';
import type { trafficSwitchActivities } from '../activities/traffic-switch.ts';
import type { validationActivities } from '../activities/validation.ts';
import type { warmUpActivities } from '../activities/warm-up.ts';

/** A worker that dies is noticed by its missing heartbeat, so this is the longest wait for the next try. */
export const alive = { heartbeatTimeout: '6s' } as const;
/** Half a minute of tries; then a person is asked, so that no run is stuck in silence. */
export const patient = { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '5s', maximumAttempts: 10 } as const;

export const route53 = proxyActivities<ReturnType<typeof route53Activities>>({
  ...alive,
  startToCloseTimeout: '3m',
  scheduleToCloseTimeout: '10m',
  retry: patient,
});
/** Ways to move traffic that need no call to Route 53. */
export const traffic = proxyActivities<ReturnType<typeof trafficSwitchActivities> & ReturnType<typeof arcActivities>>({
  ...alive,
  startToCloseTimeout: '3m',
  scheduleToCloseTimeout: '10m',
  retry: patient,
});
/** What else of a service moves with its region: background work, warm caches. */
export const background = proxyActivities<ReturnType<typeof consumerActivities> & ReturnType<typeof warmUpActivities>>({
  ...alive,
  startToCloseTimeout: '10m',
  scheduleToCloseTimeout: '20m',
  retry: patient,
});
export const rds = proxyActivities<ReturnType<typeof rdsActivities>>({
  ...alive,
  startToCloseTimeout: '1h',
  scheduleToCloseTimeout: '2h',
  retry: patient,
});
export const backups = proxyActivities<ReturnType<typeof backupActivities>>({
  ...alive,
  startToCloseTimeout: '2h',
  scheduleToCloseTimeout: '4h',
  retry: patient,
});
export const clusters = proxyActivities<ReturnType<typeof clusterActivities>>({
  ...alive,
  startToCloseTimeout: '30m',
  scheduleToCloseTimeout: '1h',
  retry: patient,
});
export const autoscaling = proxyActivities<ReturnType<typeof autoscalingActivities>>({
  ...alive,
  startToCloseTimeout: '15m',
  scheduleToCloseTimeout: '20m',
  retry: patient,
});
export const loadBalancer = proxyActivities<ReturnType<typeof loadBalancerActivities> & ReturnType<typeof loadBalancerTargetActivities>>({
  ...alive,
  startToCloseTimeout: '15m',
  scheduleToCloseTimeout: '20m',
  retry: patient,
});
export const cloudwatch = proxyActivities<ReturnType<typeof cloudwatchActivities>>({
  ...alive,
  startToCloseTimeout: '2m',
  scheduleToCloseTimeout: '10m',
  retry: patient,
});
export const ec2 = proxyActivities<ReturnType<typeof ec2Activities>>({
  startToCloseTimeout: '20s',
  retry: { ...patient, maximumAttempts: 3 },
});
export const kms = proxyActivities<ReturnType<typeof kmsActivities>>({
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
/** Reads whole databases. */
export const integrity = proxyActivities<ReturnType<typeof postgresIntegrityActivities>>({
  ...alive,
  startToCloseTimeout: '6h',
  scheduleToCloseTimeout: '8h',
  retry: patient,
});
export const probes = proxyActivities<ReturnType<typeof httpProbeActivities>>({
  ...alive,
  startToCloseTimeout: '1h',
  scheduleToCloseTimeout: '2h',
  retry: patient,
});
export const validation = proxyActivities<ReturnType<typeof validationActivities>>({
  ...alive,
  startToCloseTimeout: '1m',
  scheduleToCloseTimeout: '5m',
  retry: { ...patient, maximumAttempts: 3 },
});
export const launchTemplates = proxyActivities<ReturnType<typeof launchTemplateActivities>>({
  ...alive,
  startToCloseTimeout: '15m',
  scheduleToCloseTimeout: '20m',
  retry: patient,
});
export const kubernetes = proxyActivities<KubernetesTools>({
  ...alive,
  startToCloseTimeout: '15m',
  scheduleToCloseTimeout: '20m',
  retry: patient,
});
/** What brings releases out, and what those see who use the service. */
export const releases = proxyActivities<ReturnType<typeof deliveryActivities> & ReturnType<typeof serviceLevelActivities>>({
  ...alive,
  startToCloseTimeout: '1h',
  scheduleToCloseTimeout: '2h',
  retry: patient,
});
/** A fact among others: people decide without it when the database does not answer. */
export const migrations = proxyActivities<ReturnType<typeof migrationActivities>>({
  startToCloseTimeout: '12s',
  retry: { ...patient, maximumAttempts: 2 },
});
/** Measures that relieve a service for a while. */
export const mitigations = proxyActivities<ReturnType<typeof mitigationActivities>>({
  ...alive,
  startToCloseTimeout: '10m',
  scheduleToCloseTimeout: '20m',
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
/** Messages of incidents: one try and a second one; the incident itself tries again later, until each is taken. */
export const sinks = proxyActivities<
  ReturnType<typeof slackActivities> &
    ReturnType<typeof pagerDutyActivities> &
    ReturnType<typeof statuspageActivities> &
    ReturnType<typeof ticketActivities> &
    ReturnType<typeof emailActivities>
>({
  ...alive,
  startToCloseTimeout: '15s',
  retry: { initialInterval: '1s', maximumAttempts: 2 },
});
/** Muster's own bookkeeping. */
export const records = proxyActivities<ReturnType<typeof leaseActivities> & ReturnType<typeof archiveActivities>>({
  startToCloseTimeout: '20s',
  scheduleToCloseTimeout: '2m',
  retry: patient,
});
/** What an incident reads, checks and keeps. */
export const incidents = proxyActivities<IncidentTools>({
  ...alive,
  startToCloseTimeout: '2m',
  scheduleToCloseTimeout: '10m',
  retry: patient,
});
