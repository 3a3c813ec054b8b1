/** What a service runs on in a region; a plan without one means Auto Scaling groups, as plans of the past did. */
export type Platform = 'autoscaling' | 'kubernetes' | 'compose';

/** What runs a service in a region, as a person would want to see it before touching anything; the same for every platform. */
export interface WorkloadState {
  /** Copies that are asked for, and copies that can serve. */
  wanted: number;
  ready: number;
  instances: WorkloadInstance[];
  /** What happened lately, in words, newest first; at most 20. */
  events: string[];
}

/** One copy: a pod, a container, or a unit of systemd. */
export interface WorkloadInstance {
  name: string;
  /** Of this very start: UID of the pod with its container's restarts, id and start of the container, invocation of the unit. */
  incarnation: string;
  ready: boolean;
  /** Null when it does not run. */
  startedAt: string | null;
  restarts: number;
  /** What keeps it from serving; null when nothing is known to. */
  trouble: Trouble | null;
  /** How its last life ended; null when there was none. */
  lastEnd: { code: number | null; reason: string; at: string | null } | null;
  memory: { usedBytes: number | null; limitBytes: number | null };
  /** Cores that it may use; null when it may use all. */
  cpuLimit: number | null;
  /** Image with its digest or id, or version of the unit's release; null when the platform does not say. */
  release: string | null;
  /** Machine that it runs on; null when there is only one. */
  node: string | null;
}

/**
 * Why a copy does not serve: `crashing` again and again, killed for its `memory`, an `image` that cannot be had, bad `configuration`
 * (a secret, a file or a variable is missing), `pending` for want of a place, `stopped` by somebody, or it runs and is not `ready`.
 */
export type Trouble = 'crashing' | 'memory' | 'image' | 'configuration' | 'pending' | 'stopped' | 'not-ready';

/** The end of a log, bounded by the reader. */
export interface LogTail {
  /** Oldest first. */
  lines: string[];
  /** Whether older lines were left out. */
  cut: boolean;
}

/** What one copy may use at most; what is left out stays as it is. */
export interface Limits {
  memoryBytes?: number;
  /** Cores. */
  cpu?: number;
}

/** A file system or a log store with what is in it; the same for a host and for containers. */
export interface DiskSeen {
  path: string;
  /** 0 to 1. */
  usedShare: number;
  freeBytes: number;
  /** Files that may be emptied after a copy was kept, the largest first. */
  logs: { path: string; bytes: number }[];
  /** What else is large, for people. */
  largest: { path: string; bytes: number }[];
}
