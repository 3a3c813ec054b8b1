import type { Environment } from '../../config/environment.ts';
import { join } from '../kit/index.ts';
import { postgresActivities } from './server.ts';
import { migrationActivities } from './migrations.ts';
import { backupActivities } from './backup/backups.ts';
import { postgresIntegrityActivities } from './damage/integrity.ts';
import { postgresSessionActivities } from './sessions/sessions.ts';

export type { Backup, BackupLoss } from './backup/backups.ts';
export { sha256Of } from './backup/files.ts';
export type { BadRows, IndexesChecked, RulesChecked, TablesChecked } from './damage/integrity.ts';
export { type FenceAnswer, endSessionsStatement, fenceSetting, fenceStatement, proveFenced, proveUnfenced, setFence } from './fence.ts';
export { type IntegrityCheck, integrityIn } from './integrity.ts';
export type { SchemaState } from './migrations.ts';
export { readReceipts } from './receipts.ts';
export type { CopyState, Returned, ReturnSeen, WritesAfter } from './server.ts';
export type { Blocker, DatabaseWay, Session as ClientSession, SessionsSeen } from './sessions/sessions.ts';
export { type Access, type Session, type Where, predictedStatement, withSession } from './sql.ts';

/** Every activity of this room. */
export const postgresRoom = (environment: Environment) =>
  join(
    postgresActivities(environment),
    migrationActivities(environment),
    backupActivities(environment),
    postgresIntegrityActivities(environment),
    postgresSessionActivities(environment),
  );

export type PostgresTools = ReturnType<typeof postgresActivities>;
export type MigrationTools = ReturnType<typeof migrationActivities>;
export type BackupTools = ReturnType<typeof backupActivities>;
export type PostgresIntegrityTools = ReturnType<typeof postgresIntegrityActivities>;
export type PostgresSessionTools = ReturnType<typeof postgresSessionActivities>;
