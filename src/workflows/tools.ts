import { proxyActivities } from '@temporalio/workflow';
import type {
  AutoscalingTools,
  CloudwatchTools,
  Ec2Tools,
  KmsTools,
  LaunchTemplateTools,
  LoadBalancerTargetTools,
  LoadBalancerTools,
  StsTools,
} from '../activities/aws/index.ts';
import type { ComposeTools } from '../activities/compose/index.ts';
import type { DrillBookTools, EstateTools, FaultTools } from '../activities/exercise/index.ts';
import type { AnsibleTools, HostTools, SystemdTools } from '../activities/host/index.ts';
import type { IncidentTools } from '../activities/incident/index.ts';
import type { KubernetesTools } from '../activities/kubernetes/index.ts';
import type { EmailTools, PagerDutyTools, SlackTools, StatuspageTools, TicketTools } from '../activities/messages/index.ts';
import type {
  BackupTools,
  MigrationTools,
  PostgresIntegrityTools,
  PostgresSessionTools,
  PostgresTools,
} from '../activities/postgres/index.ts';
import type { ServiceLevelTools, TelemetryTools } from '../activities/prometheus/index.ts';
import type { ClusterTools, RdsTools } from '../activities/rds/index.ts';
import type { ReadinessTools } from '../activities/readiness/index.ts';
import type { ArchiveTools, LeaseTools, TrustTools } from '../activities/records/index.ts';
import type { RedisTools } from '../activities/redis/index.ts';
import type {
  CertificateTools,
  DeliveryTools,
  HttpProbeTools,
  MitigationTools,
  ModelTools,
  NetworkTools,
  PipelineTools,
  ProofTools,
  ValidationTools,
} from '../activities/service/index.ts';
import type { ArcTools, ConsumerTools, Route53Tools, TrafficSwitchTools, WarmUpTools } from '../activities/traffic/index.ts';

/** A worker that dies is noticed by its missing heartbeat, so this is the longest wait for the next try. */
export const alive = { heartbeatTimeout: '6s' } as const;
/** Half a minute of tries; then a person is asked, so that no run is stuck in silence. */
export const patient = { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '5s', maximumAttempts: 10 } as const;

type Span = NonNullable<Parameters<typeof proxyActivities>[0]['startToCloseTimeout']>;
const within = (startToCloseTimeout: Span, scheduleToCloseTimeout: Span) =>
  ({ ...alive, startToCloseTimeout, scheduleToCloseTimeout, retry: patient }) as const;

/** A few calls; what they wait for comes within a minute or two. */
const moments = within('3m', '10m');
/** Something starts, stops or moves, and is watched until it has. */
const minutes = within('15m', '20m');
/** A machine is made, a release brought out, a service watched. */
const anHour = within('1h', '2h');
/** Data is copied. */
const hours = within('2h', '4h');
/** Every page is read. */
const aNight = within('6h', '8h');
/** A look that people can decide without. */
const glance = { startToCloseTimeout: '20s', retry: { ...patient, maximumAttempts: 3 } } as const;

export const route53 = proxyActivities<Route53Tools>(moments);
/** Ways to move traffic that need no call to Route 53. */
export const traffic = proxyActivities<TrafficSwitchTools & ArcTools>(moments);
/** What else of a service moves with its region: background work, warm caches. */
export const background = proxyActivities<ConsumerTools & WarmUpTools>(minutes);
/** While RDS works on a terabyte it is waited for, and looked at all the time. */
export const rds = proxyActivities<RdsTools>(within('6h', '24h'));
export const clusters = proxyActivities<ClusterTools>(anHour);
export const autoscaling = proxyActivities<AutoscalingTools>(minutes);
export const launchTemplates = proxyActivities<LaunchTemplateTools>(minutes);
export const loadBalancer = proxyActivities<LoadBalancerTools & LoadBalancerTargetTools>(minutes);
export const cloudwatch = proxyActivities<CloudwatchTools>(moments);
export const ec2 = proxyActivities<Ec2Tools>(glance);
export const kms = proxyActivities<KmsTools>(glance);
export const sts = proxyActivities<StsTools>(glance);
export const postgres = proxyActivities<PostgresTools>(minutes);
export const backups = proxyActivities<BackupTools>(hours);
/** Reads whole databases. */
export const integrity = proxyActivities<PostgresIntegrityTools>(aNight);
/** Who is connected to a database, and how far one gets on the way to it. */
export const sessions = proxyActivities<PostgresSessionTools>(moments);
/** A fact among others: people decide without it when the database does not answer. */
export const migrations = proxyActivities<MigrationTools>({ startToCloseTimeout: '12s', retry: { ...patient, maximumAttempts: 2 } });
export const kubernetes = proxyActivities<KubernetesTools>(minutes);
export const compose = proxyActivities<ComposeTools>(minutes);
/** Machines that Muster reaches by ssh, with the unit that serves there; copying a large log takes its time. */
export const host = proxyActivities<SystemdTools & HostTools & AnsibleTools>(minutes);
export const probes = proxyActivities<HttpProbeTools & Pick<ProofTools, 'proveOrder'>>(anHour);
/** How a service says it is, for people to see. */
export const wellness = proxyActivities<Pick<ProofTools, 'serviceHealth'>>(glance);
export const validation = proxyActivities<ValidationTools>({ ...within('1m', '5m'), retry: glance.retry });
/** Names, connections and rules between people and a service. */
export const network = proxyActivities<NetworkTools>({ startToCloseTimeout: '30s', retry: { ...patient, maximumAttempts: 2 } });
/** What is measured and cached. */
export const telemetry = proxyActivities<TelemetryTools & RedisTools>(anHour);
/** What a service predicts with, and what brings its data in; a model can be large. */
export const data = proxyActivities<ModelTools & PipelineTools>(anHour);
/** What brings releases out, and what those see who use the service. */
export const releases = proxyActivities<DeliveryTools & ServiceLevelTools>(anHour);
/** Certificates that services present; whoever renews one may need minutes. */
export const certificates = proxyActivities<CertificateTools>(minutes);
/** Measures that relieve a service for a while. */
export const mitigations = proxyActivities<MitigationTools>(minutes);
/** What an exercise breaks, compares and enters in its book. */
export const drills = proxyActivities<FaultTools & EstateTools & DrillBookTools>(minutes);
/** What an incident reads, checks and keeps. */
export const incidents = proxyActivities<IncidentTools>(moments);
/** What only readiness asks. */
export const watching = proxyActivities<ReadinessTools & Pick<ProofTools, 'tryProofs'>>({
  ...within('20s', '1m'),
  retry: { ...patient, maximumAttempts: 2 },
});
/** Messages are tried once while a run lasts: what fails is in the record, and nobody waits for it. */
export const comms = proxyActivities<SlackTools & PagerDutyTools & StatuspageTools>({
  startToCloseTimeout: '10s',
  scheduleToCloseTimeout: '20s',
  retry: { maximumAttempts: 2 },
});
/** Messages of incidents: one try and a second one; the incident itself tries again later, until each is taken. */
export const sinks = proxyActivities<SlackTools & PagerDutyTools & StatuspageTools & TicketTools & EmailTools>({
  ...alive,
  startToCloseTimeout: '15s',
  retry: { initialInterval: '1s', maximumAttempts: 2 },
});
/** What the worker itself knows. No local activity: commands are updates, and a replay takes the two in another order than the first time. */
export const trust = proxyActivities<TrustTools>({ startToCloseTimeout: '5s', scheduleToCloseTimeout: '2m', retry: patient });
/** Muster's own bookkeeping. */
export const records = proxyActivities<LeaseTools & ArchiveTools>({
  startToCloseTimeout: '20s',
  scheduleToCloseTimeout: '2m',
  retry: patient,
});
