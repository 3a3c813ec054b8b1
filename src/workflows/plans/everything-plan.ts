import type { ApprovalPolicy, Unproven } from './plan.ts';
import type { ChildRun } from './child-run.ts';
import type { RunRequest } from '../messages.ts';
import type { Platform } from '../ports/workload-state.ts';

/** A whole recovery in one run: its parts are plans of other runbooks, resolved before the start. Times in ms. */
export interface RecoverEverything extends Unproven {
  run: RunRequest;
  service: string;
  title: string;
  database: string;
  /** Where everything runs afterwards. */
  to: string;
  /** What runs the service there; Auto Scaling groups when left out, as in plans of the past. */
  platform?: Platform;
  /** Instances that carry the whole load. */
  capacity: number;
  targets: { rtoMs: number; rpoMs: number };
  /** In this order; a part that is not needed is left out. */
  parts: {
    region?: ChildRun;
    /** Without a time of its own it restores to the newest one that can be restored. */
    database?: ChildRun;
    application?: ChildRun;
  };
  /** Plans of the past have none. */
  approval?: ApprovalPolicy;
  /** Everything that a part changes. */
  leases: string[];
  /** How long customers are watched afterwards, and the share of their requests that may fail. */
  watch: { forMs: number; errorRate: number };
}
