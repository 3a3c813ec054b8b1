// The table of contents: one line a workflow.
export { failBackRegion } from './recovery/fail-back-region.ts';
export { failOverDatabaseCluster } from './recovery/fail-over-database-cluster.ts';
export { failOverRegion } from './recovery/fail-over-region.ts';
export { fenceOnReturn } from './recovery/fence-on-return.ts';
export { mitigate } from './recovery/mitigate.ts';
export { promoteReadReplica } from './recovery/promote-read-replica.ts';
export { recoverCorruptedDatabase } from './recovery/recover-corrupted-database.ts';
export { recoverEverything } from './recovery/recover-everything.ts';
export { restoreDatabaseToPointInTime } from './recovery/restore-database-to-point-in-time.ts';
export { restoreFromBackup } from './recovery/restore-from-backup.ts';
export { restoreFromSnapshot } from './recovery/restore-from-snapshot.ts';
export { rollBackDeployment } from './recovery/roll-back-deployment.ts';
export { undoDatabaseRestore } from './recovery/undo-database-restore.ts';
export { incidentDesk } from './lifecycle/incident-desk.ts';
export { incident } from './lifecycle/incident.ts';
export { leases } from './lifecycle/leases.ts';
