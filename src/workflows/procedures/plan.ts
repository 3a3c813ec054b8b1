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

/** Where a service runs and where it shall run; resolved from the environment before the start, so that a run never changes its plan. Times in ms. */
export interface RegionMove {
  run: RunRequest;
  service: string;
  title: string;
  database: string;
  dns: string;
  from: string;
  to: string;
  /** Both regions are well and nothing may be lost; otherwise `from` is lost. */
  planned: boolean;
  /** Where the orchestrator lives; never a region of the move that is being lost. */
  orchestratorRegion: string;
  /** Instances that carry the whole load. */
  capacity: number;
  targets: { rtoMs: number; rpoMs: number };
  /** Replication lag that the usual approval covers. */
  maxLagMs: number;
  approval: ApprovalPolicy;
  traffic: { stages: number[]; stageForMs: number; watchForMs: number; errorRate: number };
  coolDownMs: number;
}

/** What every runbook on one database of one service starts from; resolved before the start. Times in ms. */
export interface DatabasePlan {
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
