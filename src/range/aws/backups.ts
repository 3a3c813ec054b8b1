import { setTimeout as delay } from 'node:timers/promises';
import { CopyDBSnapshotCommand, DescribeDBInstancesCommand, DescribeDBSnapshotsCommand, type DBInstance } from '@aws-sdk/client-rds';
import type { Estate } from '../estate.ts';
import type { Instance, Instances } from './instances.ts';
import type { Moto } from './moto.ts';
import { primary, tags } from './seed-databases.ts';
import { inheritance, snapshotArn, type SnapshotRecords } from './snapshot-records.ts';

/** The automated backups of the instances, as RDS takes them by itself. */
export interface Backups {
  /** What moto says about an instance. */
  describe(instance: Instance): Promise<DBInstance>;
  /** Takes the snapshot that begins an instance's restore window; as part of other work on it. */
  take(instance: Instance): Promise<void>;
  /** Takes it in the background, as soon as it can be done; keeps trying until it has it or the instance is gone. */
  begin(instance: Instance): void;
  /** The first backup of the estate, and its copy in the other region. */
  takeFirst(): Promise<void>;
  /** Nothing is begun or tried again any more. */
  stop(): void;
}

export const dailyCopy = 'orders-east-daily-copy';
const retryMs = 500;

export function createBackups(moto: Moto, estate: Estate, instances: Instances, records: SnapshotRecords): Backups {
  let stopped = false;

  async function describe({ name, region }: Instance): Promise<DBInstance> {
    const found = await moto.regions[region].rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: name }));
    return found.DBInstances![0]!;
  }

  /** moto makes a record of an automated snapshot with every new instance, but not after a promotion. */
  async function recordOf({ name, region }: Instance): Promise<string> {
    const asked = { DBInstanceIdentifier: name, SnapshotType: 'automated' };
    const { DBSnapshots = [] } = await moto.regions[region].rds.send(new DescribeDBSnapshotsCommand(asked));
    const waiting = DBSnapshots.find(({ DBSnapshotArn = '' }) => !records.find(DBSnapshotArn));
    return waiting?.DBSnapshotIdentifier ?? `rds:${name}-${new Date().toISOString().replace(/\D/g, '-').slice(0, 19)}`;
  }

  async function take(instance: Instance): Promise<void> {
    const [id, described] = await Promise.all([recordOf(instance), describe(instance)]);
    if (!described.BackupRetentionPeriod) return;
    const record = records.add(instance.region, id, inheritance(described));
    try {
      await records.make(record, () => estate.takeSnapshot(record.arn, instance.name, 'automated'));
    } catch (error) {
      // RDS does not show an automated snapshot that it could not take either: it takes the next one.
      records.remove(record.arn);
      throw error;
    }
  }

  async function untilTaken(instance: Instance): Promise<void> {
    while (!stopped && instances.has(instance) && !estate.restoreWindow(instance.name)) {
      const taken = await instances
        // It may have one by now: changes of the retention follow each other closely.
        .quietly(instance, async () => (estate.restoreWindow(instance.name) ? undefined : take(instance)))
        .then(
          () => true,
          () => false,
        );
      if (taken) return;
      await delay(retryMs, undefined, { ref: false });
    }
  }

  async function copyFirst(): Promise<void> {
    const first = instances.find(primary, 'east');
    if (!first) return;
    await untilTaken(first);
    const { DBSnapshots = [] } = await moto.regions.east.rds.send(new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: primary }));
    const taken = DBSnapshots.map(({ DBSnapshotArn = '' }) => records.find(DBSnapshotArn)).find((found) => found?.state === 'available');
    if (stopped || !taken) return;
    const copy = { SourceDBSnapshotIdentifier: taken.arn, TargetDBSnapshotIdentifier: dailyCopy, Tags: tags };
    await moto.regions.west.rds.send(new CopyDBSnapshotCommand(copy));
    const record = records.add('west', dailyCopy, taken.inherited, taken.arn);
    await records.make(record, () => estate.copySnapshot(snapshotArn('west', dailyCopy), taken.arn));
  }

  return {
    describe,
    take,
    begin: (instance) => void untilTaken(instance),
    takeFirst: () =>
      copyFirst().catch((error: unknown) => {
        if (!stopped) throw error;
      }),
    stop: () => {
      stopped = true;
    },
  };
}
