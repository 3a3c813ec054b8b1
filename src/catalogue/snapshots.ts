import * as abouts from '../workflows/abouts.ts';
import { z } from 'zod';
import { duration } from '../config/schema.ts';
import type { SnapshotRestore } from '../workflows/plans/snapshot-plan.ts';
import { instanceIn } from './service-parts.ts';
import { mustFind, protectionOf, entryOf, type RunbookEntry } from './entry.ts';
import { regionMove } from './regions.ts';

const input = z.strictObject({
  service: z.string().describe('a service of the environment'),
  from: z.string().describe('the region that is lost'),
  to: z.string().describe('the region that takes over; the snapshot must lie there'),
  snapshot: z.string().optional().describe('the snapshot to restore; the newest usable one unless said'),
  maxLag: duration.optional().describe('age of the snapshot that the usual approval covers, e.g. 5m; the RPO target unless said'),
  despiteReplica: z.boolean().default(false).describe('restore although a replica answers that has more, because its data is bad'),
  multiAz: z.boolean().default(false).describe('turn Multi-AZ of the restored database on afterwards'),
  dns: z.string().optional().describe('the dns entry whose traffic is moved, and by its way; that of the service unless said'),
});

/** Runbooks that bring a service back from a snapshot. */
export const snapshotRunbooks: readonly RunbookEntry[] = [
  entryOf(abouts.restoreFromSnapshot, input, (environment, given, run): SnapshotRestore => {
    const move = regionMove(environment, { ...given, planned: false }, run);
    const found = mustFind(environment.databases, move.database, '/service', 'database');
    const instance = instanceIn({ database: move.database, ...found }, move.to, '/to');
    const { settings } = found.regions[move.to]!;
    return {
      ...move,
      ...{ restored: true as const, instance, engine: found.engine, despiteReplica: given.despiteReplica },
      ...(settings?.instanceClass === undefined ? {} : { instanceClass: settings.instanceClass }),
      ...(given.snapshot === undefined ? {} : { snapshot: given.snapshot }),
      protection: protectionOf(environment, move.database, given.multiAz),
    };
  }),
];
