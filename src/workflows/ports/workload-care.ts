import type { CarePlatform } from './care-platform.ts';
import type { ServiceRegion } from '../../activities/aws/index.ts';
import type { DiskSeen, Limits, LogTail, WorkloadState } from './workload-state.ts';
import { autoscaling, compose, host, kubernetes, loadBalancer } from '../tools.ts';

/** One set of verbs for whoever looks after what runs a service; what a platform cannot do is left out. Dry runs answer nothing to a change. */
export interface Care {
  state(where: ServiceRegion): Promise<WorkloadState>;
  /** The end of its logs; the worst copies first. */
  logs(asked: ServiceRegion & { lines: number }): Promise<LogTail | null>;
  /** Every copy anew, once for one step however often it is tried. */
  restart?(where: ServiceRegion): Promise<unknown>;
  /** What each copy may use; takes effect at once or by a rollout. On the way `back` a copy may crash as it did before. */
  limit?(asked: ServiceRegion & { limits: Limits; back?: boolean }): Promise<unknown>;
  /** So many copies; waits until they are ready. */
  scale?(asked: ServiceRegion & { desired: number }): Promise<unknown>;
  /** Disks, with the logs on them that may be emptied. */
  disks?(where: ServiceRegion): Promise<DiskSeen[]>;
  /** Keeps a copy of a log in the archive, then empties it in place. */
  emptyLog?(asked: ServiceRegion & { path: string }): Promise<unknown>;
  shrinkJournal?(asked: ServiceRegion & { keepBytes: number }): Promise<unknown>;
}

const onKubernetes: Care = {
  state: (where) => kubernetes.readPods(where),
  logs: (asked) => kubernetes.podLogs(asked),
  restart: (where) => kubernetes.restartPods(where),
  limit: (asked) => kubernetes.limitPods(asked),
  scale: (asked) => kubernetes.scaleDeployment(asked),
};

const onCompose: Care = {
  state: (where) => compose.readCompose(where),
  logs: (asked) => compose.composeLogs(asked),
  restart: (where) => compose.restartCompose(where),
  limit: ({ service, region, limits }) => compose.limitCompose({ service, region, limits }),
  scale: (asked) => compose.scaleCompose(asked),
  disks: async (where) => {
    const { disk, containers, engine } = await compose.composeDisk(where);
    if (!disk) return [];
    const logs = containers.flatMap(({ name, logBytes }) => (logBytes === null ? [] : [{ path: name, bytes: logBytes }]));
    return [{ ...disk, logs, largest: engine.map(({ what, bytes }) => ({ path: what, bytes: bytes ?? 0 })) }];
  },
  emptyLog: ({ path, ...where }) => compose.truncateComposeLog({ ...where, instance: path }),
};

const onSystemd: Care = {
  state: (where) => host.readUnit(where),
  logs: (asked) => host.unitLogs(asked),
  restart: (where) => host.restartUnit(where),
  limit: ({ service, region, limits }) => host.limitUnit({ service, region, limits }),
  disks: (where) => host.readDisks(where),
  emptyLog: (asked) => host.emptyLog(asked),
  shrinkJournal: (asked) => host.shrinkJournal(asked),
};

const onAutoScaling: Care = {
  state: async (where) => {
    const [{ desired }, { healthy, reasons }] = await Promise.all([autoscaling.readCapacity(where), loadBalancer.targetHealth(where)]);
    return { wanted: desired, ready: healthy, instances: [], events: reasons };
  },
  // Its instances ship their logs elsewhere; a host that Muster may reach has the platform systemd.
  logs: async () => null,
  scale: async ({ desired, ...where }) => {
    await autoscaling.setCapacity({ ...where, desired });
    return loadBalancer.awaitHealthyTargets({ ...where, count: desired });
  },
};

const platforms: Record<CarePlatform, Care> = {
  ...{ kubernetes: onKubernetes, compose: onCompose, systemd: onSystemd, autoscaling: onAutoScaling },
};

/** The verbs of a platform. */
export const careOf = (platform: CarePlatform): Care => platforms[platform];
