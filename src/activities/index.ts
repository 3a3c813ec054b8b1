import type { Environment } from '../config/environment.ts';
import { ansibleActivities } from './ansible.ts';
import { arcActivities } from './arc.ts';
import { archiveActivities } from './archive.ts';
import { autoscalerActivities } from './autoscaler.ts';
import { autoscalingActivities } from './autoscaling.ts';
import { cloudwatchActivities } from './cloudwatch.ts';
import { composeDiskActivities } from './compose-disk.ts';
import { composeLimitActivities } from './compose-limits.ts';
import { composeNetworkActivities } from './compose-networks.ts';
import { composeReleaseActivities } from './compose-releases.ts';
import { composeSetupActivities } from './compose-setup.ts';
import { composeActivities } from './compose.ts';
import { consumerActivities } from './consumers.ts';
import { deliveryActivities } from './delivery.ts';
import { drillBookActivities } from './drill-book.ts';
import { ec2Activities } from './ec2.ts';
import { emailActivities } from './email.ts';
import { estateActivities } from './estate.ts';
import { faultActivities } from './faults.ts';
import { hostActivities } from './host.ts';
import { httpProbeActivities } from './http-probe.ts';
import { incidentArchiveActivities } from './incident-archive.ts';
import { incidentChangeActivities } from './incident-changes.ts';
import { incidentLeftoverActivities } from './incident-leftovers.ts';
import { incidentPolicyActivities } from './incident-policy.ts';
import { incidentVerificationActivities } from './incident-verification.ts';
import { kmsActivities } from './kms.ts';
import { kubernetesActivities } from './kubernetes.ts';
import { kubernetesLimitActivities } from './kubernetes-limits.ts';
import { kubernetesNodeActivities } from './kubernetes-nodes.ts';
import { kubernetesPodActivities } from './kubernetes-pods.ts';
import { kubernetesServiceActivities } from './kubernetes-services.ts';
import { launchTemplateActivities } from './launch-templates.ts';
import { leaseActivities } from './leases.ts';
import { loadBalancerTargetActivities } from './load-balancer-targets.ts';
import { loadBalancerActivities } from './load-balancer.ts';
import { migrationActivities } from './migrations.ts';
import { mitigationActivities } from './mitigations.ts';
import { modelActivities } from './models.ts';
import { networkActivities } from './network.ts';
import { pagerDutyActivities } from './pagerduty.ts';
import { pipelineActivities } from './pipelines.ts';
import { postgresIntegrityActivities } from './postgres-integrity.ts';
import { postgresSessionActivities } from './postgres-sessions.ts';
import { postgresActivities } from './postgres.ts';
import { clusterActivities } from './rds-clusters.ts';
import { rdsActivities } from './rds.ts';
import { readinessActivities } from './readiness.ts';
import { redisActivities } from './redis.ts';
import { route53Activities } from './route53.ts';
import { serviceLevelActivities } from './service-levels.ts';
import { slackActivities } from './slack.ts';
import { statuspageActivities } from './statuspage.ts';
import { stsActivities } from './sts.ts';
import { backupActivities } from './backups.ts';
import { ticketActivities } from './ticket.ts';
import { createAws } from './support/aws.ts';
import { systemdActivities } from './systemd.ts';
import { telemetryActivities } from './telemetry.ts';
import { trafficSwitchActivities } from './traffic-switch.ts';
import { validationActivities } from './validation.ts';
import { warmUpActivities } from './warm-up.ts';

export type Activities = ReturnType<typeof createActivities>;

/** Joins the tools of one environment; throws when two activities have one name. */
export function createActivities(environment: Environment) {
  const aws = createAws(environment);
  return join(
    route53Activities(environment, aws),
    trafficSwitchActivities(environment),
    arcActivities(environment),
    consumerActivities(environment),
    warmUpActivities(environment),
    rdsActivities(environment, aws),
    clusterActivities(environment, aws),
    autoscalingActivities(environment, aws),
    loadBalancerActivities(environment, aws),
    loadBalancerTargetActivities(environment, aws),
    cloudwatchActivities(environment, aws),
    kmsActivities(environment, aws),
    ec2Activities(environment, aws),
    networkActivities(environment, aws),
    launchTemplateActivities(environment, aws),
    kubernetesActivities(environment),
    kubernetesPodActivities(environment),
    kubernetesLimitActivities(environment),
    kubernetesNodeActivities(environment),
    kubernetesServiceActivities(environment),
    systemdActivities(environment),
    hostActivities(environment),
    ansibleActivities(environment),
    autoscalerActivities(environment),
    composeActivities(environment),
    composeLimitActivities(environment),
    composeNetworkActivities(environment),
    composeReleaseActivities(environment),
    composeDiskActivities(environment),
    composeSetupActivities(environment),
    deliveryActivities(environment),
    migrationActivities(environment),
    serviceLevelActivities(environment),
    stsActivities(environment, aws),
    postgresActivities(environment),
    backupActivities(environment),
    postgresIntegrityActivities(environment),
    postgresSessionActivities(environment),
    telemetryActivities(environment),
    redisActivities(environment),
    modelActivities(environment),
    pipelineActivities(environment),
    httpProbeActivities(environment),
    mitigationActivities(environment, aws),
    validationActivities(environment),
    slackActivities(environment),
    pagerDutyActivities(environment),
    statuspageActivities(environment),
    ticketActivities(environment),
    emailActivities(environment),
    drillBookActivities(environment),
    estateActivities(environment, aws),
    faultActivities(environment),
    leaseActivities(environment),
    readinessActivities(environment, aws),
    archiveActivities(environment),
    incidentPolicyActivities(environment),
    incidentVerificationActivities(environment),
    incidentLeftoverActivities(environment, aws),
    incidentChangeActivities(environment, aws),
    incidentArchiveActivities(environment),
  );
}

type Joined<Parts extends object[], All = unknown> = Parts extends [infer First extends object, ...infer Rest extends object[]]
  ? Joined<Rest, All & First>
  : All;

/** One flat object, because Temporal knows activities by their bare names. */
export function join<Parts extends object[]>(...parts: Parts): Joined<Parts> {
  const entries = parts.flatMap((part) => Object.entries(part));
  const names = entries.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`two activities are called ${twice}`);
  return Object.fromEntries(entries) as Joined<Parts>;
}
