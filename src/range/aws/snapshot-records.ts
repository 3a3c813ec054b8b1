import type { DBInstance } from '@aws-sdk/client-rds';
import type { RegionName } from '../contract.ts';
import type { Estate } from '../estate.ts';
import { account, awsRegions } from './call.ts';
import { settleMs } from './instances.ts';

/** What a new instance takes over from a snapshot or its source, as parameters of CreateDBInstance; all else is as RDS likes it. */
export type Inherited = Readonly<Record<string, string>>;

/** What the gateway knows about a snapshot beside moto. */
export interface SnapshotRecord {
  arn: string;
  region: RegionName;
  inherited: Inherited;
  startedAt: number;
  state: 'creating' | 'available' | 'failed';
  /** Of which it is a copy. */
  copyOf?: string | undefined;
}

/** The snapshots whose data the estate has, or is copying. */
export interface SnapshotRecords {
  find(arn: string): SnapshotRecord | undefined;
  add(region: RegionName, id: string, inherited: Inherited, copyOf?: string): SnapshotRecord;
  /** Copies the data by `act`; the snapshot is failed when that rejects. */
  make(record: SnapshotRecord, act: () => Promise<void>): Promise<void>;
  remove(arn: string): void;
  /** Status and progress in percent, as RDS tells them. */
  progress(record: SnapshotRecord): { status: string; percent: number };
}

export function createSnapshotRecords(estate: Estate): SnapshotRecords {
  const known = new Map<string, SnapshotRecord>();
  return {
    find: (arn) => {
      const record = known.get(arn);
      // An instance that is deleted takes its automated snapshots along.
      return record?.state === 'available' && !estate.snapshotTakenAt(arn) ? undefined : record;
    },
    add: (region, id, inherited, copyOf) => {
      const record: SnapshotRecord = {
        ...{ arn: snapshotArn(region, id), region, inherited, copyOf },
        startedAt: Date.now(),
        state: 'creating',
      };
      known.set(record.arn, record);
      return record;
    },
    make: async (record, act) => {
      try {
        await act();
        record.state = 'available';
      } catch (error) {
        record.state = 'failed';
        throw error;
      }
    },
    remove: (arn) => known.delete(arn),
    progress: ({ state, startedAt }) => {
      const percent = Math.floor(((Date.now() - startedAt) / settleMs) * 100);
      if (state === 'available' && percent >= 100) return { status: 'available', percent: 100 };
      return { status: state === 'failed' ? 'failed' : 'creating', percent: Math.min(99, percent) };
    },
  };
}

/** AWS's name of a snapshot over all regions; the estate keeps its data under it. */
export function snapshotArn(region: RegionName, id: string): string {
  return `arn:aws:rds:${awsRegions[region]}:${account}:snapshot:${id}`;
}

/** What an instance leaves to its snapshots and to what is restored from it. */
export function inheritance(instance: DBInstance): Inherited {
  const kept: Record<string, string | number | boolean | undefined> = {
    DBInstanceClass: instance.DBInstanceClass,
    Engine: instance.Engine,
    EngineVersion: instance.EngineVersion,
    DBName: instance.DBName,
    AllocatedStorage: instance.AllocatedStorage,
    MasterUsername: instance.MasterUsername,
    StorageEncrypted: instance.StorageEncrypted,
    KmsKeyId: instance.KmsKeyId,
    LicenseModel: instance.LicenseModel,
    BackupRetentionPeriod: instance.BackupRetentionPeriod,
    PreferredBackupWindow: instance.PreferredBackupWindow,
  };
  return Object.fromEntries(Object.entries(kept).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])));
}
