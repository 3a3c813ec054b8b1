import type { ApprovalPolicy } from './plan.ts';
import type { Platform } from '../ports/workload-state.ts';

/** Where the checklist is gone through. */
export interface Validation {
  service: string;
  database: string;
  region: string;
  /** What runs the service there. */
  platform: Platform | undefined;
  /** Instances that carry the whole load. */
  capacity: number;
  /** Whom to ask about what nothing proves. */
  approval?: ApprovalPolicy;
}
