import type { RunRequest } from '../messages.ts';

/** Whom a gate asks; times in ms. */
export interface ApprovalPolicy {
  duty: string;
  quorum: number;
  /** Asked for when the facts say that more can be lost. */
  stronger: { duty: string; quorum: number };
  escalateTo: string[];
  withinMs: number;
  expiresAfterMs: number;
}

/** Said in a plan whose environment names nothing that proves a write of the service. */
export interface Unproven {
  unproven?: string;
  /** Nobody has said what it answers when it is well either. */
  unasked?: string;
}

/** A database takes writes in one region and shall take them in another; resolved before the start, so that a run never changes its plan. Times in ms. */
export interface PrimaryMove extends Unproven {
  run: RunRequest;
  service: string;
  title: string;
  database: string;
  from: string;
  to: string;
  /** Both regions are well and nothing may be lost; otherwise `from` is lost. */
  planned: boolean;
  targets: { rtoMs: number; rpoMs: number };
  /** Replication lag that the usual approval covers. */
  maxLagMs: number;
  approval: ApprovalPolicy;
  /** The database that takes over comes from a copy, not from a replica. */
  restored?: true;
  /** `none`: the service finds its database by what it is configured with, and each region has a name of its own. A record when left out. */
  pointer?: 'none';
}

/** What moves the customers; the last two do without Route 53's control plane, and move all of them at once. */
export type TrafficBy = 'route53-records' | 'route53-health-check' | 'arc-routing-control';

/** A part of the plan that needs something which may be down together with the region. */
export interface Dependency {
  /** What the plan does, e.g. `moving the traffic`. */
  what: string;
  on: string;
  verdict: 'good' | 'bad' | 'unknown';
}

/** Where a service runs and where it shall run, with its database. Times in ms. */
export interface RegionMove extends PrimaryMove {
  dns: string;
  /** Where the orchestrator lives; never a region of the move that is being lost. */
  orchestratorRegion: string;
  /** Instances that carry the whole load. */
  capacity: number;
  /** What runs the service where it goes; Auto Scaling groups when left out, as in plans of the past. */
  compute?: { platform: 'kubernetes'; manifests: boolean; delivery: boolean };
  traffic: { stages: number[]; stageForMs: number; watchForMs: number; errorRate: number };
  /** Older plans have none: they move records. */
  trafficBy?: TrafficBy;
  /** How long clients keep a DNS answer. */
  dnsTtlMs?: number;
  /** Regions with a switch that health checkers watch. */
  switches?: string[];
  dependsOn?: Dependency[];
  /** The caches of the region that takes over can be warmed before customers come. */
  warmUp?: boolean;
  /** The service has background consumers, which must be on in one region only. */
  consumers?: boolean;
  coolDownMs: number;
}

/** What a new primary gets, as it inherits none of it. */
export interface Protection {
  /** Turn Multi-AZ on. */
  multiAz: boolean;
  /** Names of the alarms that the environment has for the database. */
  alarms: string[];
}

/** The service stays where it is, and only its database's primary moves. Times in ms. */
export interface ReplicaPromotion extends PrimaryMove {
  watch: DatabasePlan['watch'];
  protection: Protection;
}

/** What every runbook on one database of one service starts from; resolved before the start. Times in ms. */
export interface DatabasePlan extends Unproven {
  run: RunRequest;
  service: string;
  /** The service's title. */
  title: string;
  database: string;
  /** Region of the database that is worked on. */
  region: string;
  /** Its instance there, as the environment names it. */
  instance: string;
  /** Other regions in which the environment has an instance of it. */
  otherRegions: string[];
  targets: { rtoMs: number; rpoMs: number };
  approval: ApprovalPolicy;
  /** How long customers are watched afterwards, and the share of their requests that may fail. */
  watch: { forMs: number; errorRate: number };
}

/** What nobody else may change while a region move runs. */
export const leasesOf = ({ database, service }: RegionMove): string[] => [
  `database/${database}`,
  `traffic/${service}`,
  `capacity/${service}`,
];

export const directionOf = ({ service, from, to, coolDownMs }: RegionMove) => ({ of: service, from, to, coolDownMs });
