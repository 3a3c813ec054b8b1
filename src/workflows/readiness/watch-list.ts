import type { Person } from '../messages.ts';
import type { ApprovalPolicy } from '../plans/plan.ts';
import type { RunbookName } from '../runbook-names.ts';

/** Programs that a plan runs on the worker's machine. */
export type Program = 'kubectl' | 'docker' | 'ssh' | 'pg_dump' | 'pg_restore';

/** A recovery that shall be possible at any time: a runbook with its input, resolved as a run's would be. */
export interface WatchedPlan {
  /** E.g. `fail-over-region shop east west`; tells it from all others of the environment. */
  name: string;
  runbook: RunbookName;
  title: string;
  input: Record<string, unknown>;
  /** As the runbook would get it; null when the input does not fit the environment. */
  plan: unknown;
  /** Why there is no plan. */
  problem?: string;
  /** Digest of the runbook's code in this build; null when it cannot be read. */
  code: string | null;
  programs: Program[];
}

/** Times in ms. */
export interface ReadinessTimes {
  /** Between two looks when nothing is asked for. */
  everyMs: number;
  /** A plan must be seen changed for so long before anybody is told, so that one passing fault wakes nobody. */
  confirmAfterMs: number;
  /** A drill counts in full for so long. */
  drillAgeMs: number;
  /** Oldest newest backup. */
  backupAgeMs: number;
  /** How far the newest time that can be restored may lie behind now. */
  restorableMs: number;
}

/** Everything that readiness looks at in one environment, complete: the workflow reads no file. */
export interface WatchList {
  environment: string;
  /** The environment's title. */
  title: string;
  plans: WatchedPlan[];
  times: ReadinessTimes;
  approval: ApprovalPolicy;
  /** What is not proven of each service, where something is not; lists of the past have none, and ask no service. */
  services?: Record<string, { unproven?: string }>;
  people: (Person & { hasToken: boolean })[];
  notify: { slack: boolean; pagerduty: boolean };
  /** Of all of the above. */
  digest: string;
}
