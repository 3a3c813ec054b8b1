import type { RunRequest } from '../messages.ts';
import type { ApprovalPolicy } from './plan.ts';

/** Where the writer of a cluster shall be; resolved from the environment before the start. Times in ms. */
export interface ClusterPlan {
  run: RunRequest;
  cluster: string;
  /** The cluster's title. */
  title: string;
  /** A member inside its region, or another region of the global cluster. */
  to: { member: string } | { region: string };
  /** Everything is well and nothing may be lost. */
  planned: boolean;
  /** What the old writer's region alone has may be lost, if it is lost itself. Whoever approves accepts it again, with the facts. */
  acceptDataLoss: boolean;
  /** Service that works on the cluster, if the environment names one. */
  service: string | null;
  targets: { rtoMs: number; rpoMs: number };
  approval: ApprovalPolicy;
  watch: { forMs: number; errorRate: number };
}

/** The target in a word: a member's name or a region's. */
export const targetOf = ({ to }: Pick<ClusterPlan, 'to'>): string => ('member' in to ? to.member : to.region);
