import type { RunRequest } from '../messages.ts';

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
  approval: {
    duty: string;
    quorum: number;
    stronger: { duty: string; quorum: number };
    escalateTo: string[];
    withinMs: number;
    expiresAfterMs: number;
  };
  traffic: { stages: number[]; stageForMs: number; watchForMs: number; errorRate: number };
  coolDownMs: number;
}

/** What nobody else may change while a region move runs. */
export const leasesOf = ({ database, service }: RegionMove): string[] => [
  `database/${database}`,
  `traffic/${service}`,
  `capacity/${service}`,
];

export const directionOf = ({ service, from, to, coolDownMs }: RegionMove) => ({ of: service, from, to, coolDownMs });
