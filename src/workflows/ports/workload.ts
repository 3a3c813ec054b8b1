import type { Capacity, ServiceRegion, TargetHealth } from '../../activities/aws/index.ts';
import type { Pinned, Running } from '../../activities/kit/index.ts';
import { autoscaling, compose, kubernetes, launchTemplates, loadBalancer } from '../tools.ts';
import type { Platform } from './workload-state.ts';

type Target = ServiceRegion & Pinned;

/** One set of verbs over whatever runs a service. */
export interface Workload {
  readCapacity(where: ServiceRegion): Promise<Capacity>;
  health(where: ServiceRegion): Promise<TargetHealth>;
  setCapacity(asked: ServiceRegion & { desired: number }): Promise<unknown>;
  /** Nothing takes instances away below `at`; more may be started. */
  suspendScaling(where: ServiceRegion, at: number): Promise<unknown>;
  /** Gives back the limits of `before`, where the platform does not keep them itself. */
  resumeScaling(where: ServiceRegion, before: { min: number }): Promise<unknown>;
  /** Undefined in a dry run. */
  awaitHealthy(asked: ServiceRegion & { count: number }): Promise<TargetHealth | undefined>;
  /** What runs, what could run, and what was rolled out when. */
  describe(where: ServiceRegion): Promise<Running>;
  /** Rolls a pinned release out and waits until it is everywhere. */
  deploy(asked: Target): Promise<unknown>;
  /** Undefined where a new rollout replaces one that is under way. */
  stopRollout?(where: ServiceRegion): Promise<unknown>;
  proveRelease(asked: Target): Promise<unknown>;
}

const onAutoScaling: Workload = {
  readCapacity: (where) => autoscaling.readCapacity(where),
  health: (where) => loadBalancer.targetHealth(where),
  setCapacity: (asked) => autoscaling.setCapacity(asked),
  suspendScaling: (where, at) => autoscaling.suspendScaling({ ...where, min: at }),
  resumeScaling: (where, { min }) => autoscaling.resumeScaling({ ...where, min }),
  awaitHealthy: (asked) => loadBalancer.awaitHealthyTargets(asked),
  describe: (where) => launchTemplates.describeReleases(where),
  deploy: (asked) => launchTemplates.rollOutVersion(asked),
  stopRollout: (where) => launchTemplates.stopRefresh(where),
  proveRelease: (asked) => launchTemplates.proveVersion(asked),
};

const onKubernetes: Workload = {
  readCapacity: (where) => kubernetes.readDeployment(where),
  health: async (where) => {
    const { desired, inService } = await kubernetes.readDeployment(where);
    return { healthy: inService, total: desired, reasons: [] };
  },
  setCapacity: (asked) => kubernetes.scaleDeployment(asked),
  suspendScaling: (where, at) => kubernetes.holdAutoscaler({ ...where, replicas: at }),
  resumeScaling: (where) => kubernetes.releaseAutoscaler(where),
  awaitHealthy: async ({ service, region }) => {
    const done = await kubernetes.rolloutStatus({ service, region });
    return done && { healthy: done.replicas, total: done.replicas, reasons: [] };
  },
  describe: (where) => kubernetes.readRevisions(where),
  deploy: (asked) => kubernetes.rollBackToRevision(asked),
  proveRelease: (asked) => kubernetes.proveRevision(asked),
};

const healthInCompose = async (where: ServiceRegion) => {
  const { wanted, ready } = await compose.readCompose(where);
  return { healthy: ready, total: wanted, reasons: [] };
};
const onCompose: Workload = {
  readCapacity: async (where) => {
    const { wanted, ready } = await compose.readCompose(where);
    return { desired: wanted, min: 0, max: Number.MAX_SAFE_INTEGER, inService: ready, suspended: true };
  },
  health: healthInCompose,
  setCapacity: (asked) => compose.scaleCompose(asked),
  // Nothing but people changes the number of containers.
  suspendScaling: async () => undefined,
  resumeScaling: async () => undefined,
  // Whoever made them has waited until they were ready.
  awaitHealthy: ({ service, region }) => healthInCompose({ service, region }),
  describe: (where) => compose.readComposeReleases(where),
  deploy: (asked) => compose.rollBackCompose(asked),
  proveRelease: (asked) => compose.proveComposeRelease(asked),
};

const platforms: Record<Platform, Workload> = { autoscaling: onAutoScaling, kubernetes: onKubernetes, compose: onCompose };

/** The verbs of a platform. */
export const workloadOf = (platform: Platform = 'autoscaling'): Workload => platforms[platform];
