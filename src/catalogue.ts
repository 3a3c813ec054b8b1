import { backupRunbooks } from './catalogue/backups.ts';
import { clusterRunbooks } from './catalogue/clusters.ts';
import { corruptionRunbooks } from './catalogue/corruption.ts';
import { everythingRunbooks } from './catalogue/everything.ts';
import { regionRunbooks } from './catalogue/regions.ts';
import { deploymentRunbooks } from './catalogue/deployments.ts';
import type { RunbookEntry } from './catalogue/entry.ts';
import { mitigationRunbooks } from './catalogue/mitigations.ts';
import { replicaRunbooks } from './catalogue/replicas.ts';
import { restoreRunbooks } from './catalogue/restore-to-time.ts';
import { scenarioRunbooks } from './catalogue/scenarios.ts';
import { snapshotRunbooks } from './catalogue/snapshots.ts';

export { describeRunbook, runbookTable, type Described } from './catalogue/describe.ts';
export { approvalPolicy, InputProblem, type RunbookEntry } from './catalogue/entry.ts';

/** Every runbook: the one table that API, command line, page and docs are fed from. */
export const catalogue: readonly RunbookEntry[] = [
  ...regionRunbooks,
  ...everythingRunbooks,
  ...deploymentRunbooks,
  ...clusterRunbooks,
  ...backupRunbooks,
  ...replicaRunbooks,
  ...restoreRunbooks,
  ...corruptionRunbooks,
  ...snapshotRunbooks,
  ...mitigationRunbooks,
  ...scenarioRunbooks,
];
