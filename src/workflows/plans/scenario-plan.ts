import type { ChildRun } from './child-run.ts';
import type { RunRequest } from '../messages.ts';
import type { CarePlatform } from '../ports/care-platform.ts';
import type { ApprovalPolicy } from './plan.ts';
import type { Remedy } from './remedies.ts';

/** A number of Prometheus, and where it is as it should be. */
export interface Objective {
  name: string;
  query: string;
  below?: number;
  above?: number;
}

/** A run that takes over what a scenario cannot mend, with the leases that it needs. */
export interface Successor extends ChildRun {
  /** Why one would, e.g. `the region is lost`. */
  when: string;
  leases: string[];
}

/** A service in a region that is not as it should be; resolved before the start. Times in ms. */
export interface Scenario {
  run: RunRequest;
  service: string;
  /** The service's title. */
  title: string;
  region: string;
  platform: CarePlatform;
  approval: ApprovalPolicy;
  /** What is done without asking. */
  withoutApproval: Remedy[];
  /** How it is proven that the service is well. */
  proof: { forMs: number; errorRate: number; objectives: Objective[] };
  /** Copies that carry the whole load, and the most that may run; null when its platform cannot have more than one. */
  size: { full: number; most: number } | null;
  /** The most memory that a copy may get, in bytes; null when the environment does not say. */
  mostMemoryBytes: number | null;
  /** Its database in this region, if it has one that Muster knows. */
  database: string | null;
  /** Everything that the run may change. */
  leases: string[];
  /** Its last release can be brought back under this run's leases; null when the environment does not say how. */
  rollBack: ChildRun | null;
  /** Measures that take load off it, each a run of its own; what the environment does not have is left out. */
  relief: Partial<Record<'rate-limit' | 'maintenance-page', ChildRun>>;
  /** Recoveries that can take over; the first one that fits is proposed. */
  successors: Successor[];
}

/** The same of a service whose database is not as it should be. */
export interface DatabaseScenario extends Scenario {
  database: string;
  /** Sessions that have been idle inside a transaction for so long may be ended. */
  idleForMs: number;
  /** Share of its connections that must be free again. */
  freeShare: number;
  /** The service that runs the database, where Muster may restart it; null where it does not run it. */
  runsAs: { service: string; region: string; platform: CarePlatform } | null;
}

/** A node that is to be left, named by people or found by its conditions. */
export interface NodeScenario extends Scenario {
  node: string | null;
  /** So long the pods' disruption budgets may hold up the drain. */
  drainWithinMs: number;
}

/** Where a scenario works. */
export const whereOf = ({ service, region }: Scenario): { service: string; region: string } => ({ service, region });
