import { backupRunbooks } from './backups.ts';
import { clusterRunbooks } from './clusters.ts';
import { corruptionRunbooks } from './corruption.ts';
import { everythingRunbooks } from './everything.ts';
import { regionRunbooks } from './regions.ts';
import { deploymentRunbooks } from './deployments.ts';
import type { RunbookEntry } from './entry.ts';
import { mitigationRunbooks } from './mitigations.ts';
import { replicaRunbooks } from './replicas.ts';
import { restoreRunbooks } from './restore-to-time.ts';
import { scenarioRunbooks } from './scenarios.ts';
import { snapshotRunbooks } from './snapshots.ts';

/** Every runbook that mends something. */
export const recoveryRunbooks: readonly RunbookEntry[] = [
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
