import type { Estate } from '../estate.ts';
import { createBackups, type Backups } from './backups.ts';
import type { Handlers } from './call.ts';
import { createInstances } from './instances.ts';
import type { Moto } from './moto.ts';
import { rdsHandlers } from './rds.ts';
import { restoreHandlers } from './restores.ts';
import { primary, replica } from './seed-databases.ts';
import { createSnapshotRecords } from './snapshot-records.ts';
import { snapshotHandlers } from './snapshots.ts';

/** RDS as far as single instances go: the calls that touch real databases, and the backups that it takes by itself. */
export function createRds(moto: Moto, estate: Estate, log: (line: string) => void): { handlers: Handlers; backups: Backups } {
  const instances = createInstances(estate, log);
  const records = createSnapshotRecords(estate);
  const backups = createBackups(moto, estate, instances, records);
  instances.add(primary, 'east');
  instances.add(replica, 'west');
  const parts = { moto, estate, instances, records, backups, log };
  return { handlers: { ...rdsHandlers(parts), ...snapshotHandlers(parts), ...restoreHandlers(parts) }, backups };
}
