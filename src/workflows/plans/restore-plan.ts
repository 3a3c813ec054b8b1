import { workflowInfo } from '@temporalio/workflow';
import type { DatabasePlan } from './plan.ts';

/** A database to be restored to a point in time; times are ISO 8601 in UTC. */
export interface RestoreToTime extends DatabasePlan {
  /** The time to restore to; found with help when it is missing. */
  at?: string;
  /** The data was surely good then. */
  lastGood?: string;
  /** The data was surely bad then. */
  badSince?: string;
  /** Name of the new instance; made from that of the old one when it is missing. */
  target?: string;
  /** Most restores that are tried only to find the time. */
  probes: number;
  /** The run that handed over has fenced the database and has made a snapshot of it. */
  fenced?: boolean;
}

/** A restore that is to be taken back. */
export interface UndoRestore extends DatabasePlan {
  /** Instance that the restore set aside. */
  aside: string;
}

/** Where a server listens. */
export interface Endpoint {
  host: string;
  port: number;
}

/** What nobody else may change meanwhile. */
export const databaseLease = ({ database }: DatabasePlan): string[] => [`database/${database}`];

const longest = 63;

/** A name beside an instance's own that no other run makes, e.g. `orders-east-aside-1f2e3d4c`; as long as RDS allows. */
export function nameBeside({ instance }: Pick<DatabasePlan, 'instance'>, what: string): string {
  const ending = `-${what}-${runMark()}`;
  return `${instance.slice(0, longest - ending.length).replace(/-$/, '')}${ending}`;
}

/** Eight characters that tell this run from every other one in names that RDS takes; such ids begin with the time, and end by chance. */
export const runMark = (): string => workflowInfo().firstExecutionRunId.slice(-8);

/** Name of the restored instance until it takes over. */
export const targetOf = (plan: RestoreToTime): string => plan.target ?? nameBeside(plan, 'restored');
