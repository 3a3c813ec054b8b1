import type { DBInstance, DBSnapshot, RestoreDBInstanceFromDBSnapshotCommandInput } from '@aws-sdk/client-rds';
import type { Environment } from '../../config/environment.ts';

type Value = string | number | boolean | string[];
/** What both ways to restore an instance can be asked for. */
type Asked = Partial<Omit<RestoreDBInstanceFromDBSnapshotCommandInput, 'DBInstanceIdentifier' | 'DBSnapshotIdentifier'>>;
/** As much of an instance as its settings need. */
export type Settings = Partial<DBInstance>;

/** A setting that a restored instance does not have as its source has it. */
export interface Difference {
  setting: string;
  source: Value | null;
  restored: Value | null;
}

interface Setting {
  name: string;
  of(instance: Settings): Value | undefined;
  /** How to ask for it; left out where RDS gives no way, so that it can only be compared. */
  ask?(value: never, instance: Settings): Asked;
}

/** A restored instance has none of these by itself: its groups are the defaults, it is in one zone and unprotected. */
const settings: readonly Setting[] = [
  { name: 'instance class', of: (one) => one.DBInstanceClass, ask: (DBInstanceClass: string) => ({ DBInstanceClass }) },
  { name: 'Multi-AZ', of: (one) => one.MultiAZ, ask: (MultiAZ: boolean) => ({ MultiAZ }) },
  { name: 'subnet group', of: (one) => one.DBSubnetGroup?.DBSubnetGroupName, ask: (name: string) => ({ DBSubnetGroupName: name }) },
  {
    name: 'security groups',
    of: (one) => one.VpcSecurityGroups?.flatMap(({ VpcSecurityGroupId }) => VpcSecurityGroupId ?? []).sort(),
    ask: (VpcSecurityGroupIds: string[]) => ({ VpcSecurityGroupIds }),
  },
  { name: 'public access', of: (one) => one.PubliclyAccessible, ask: (PubliclyAccessible: boolean) => ({ PubliclyAccessible }) },
  {
    name: 'parameter group',
    of: (one) => one.DBParameterGroups?.[0]?.DBParameterGroupName,
    ask: (DBParameterGroupName: string) => ({ DBParameterGroupName }),
  },
  {
    name: 'option group',
    of: (one) => one.OptionGroupMemberships?.[0]?.OptionGroupName,
    // RDS finds the default one by itself, and does not take its name.
    ask: (OptionGroupName: string) => (OptionGroupName.startsWith('default:') ? {} : { OptionGroupName }),
  },
  { name: 'storage type', of: (one) => one.StorageType, ask: (StorageType: string) => ({ StorageType }) },
  { name: 'IOPS', of: (one) => one.Iops, ask: (Iops: number, one) => (canTune(one) ? { Iops } : {}) },
  {
    name: 'storage throughput',
    of: (one) => one.StorageThroughput,
    ask: (StorageThroughput: number, one) => (canTune(one) && one.StorageType === 'gp3' ? { StorageThroughput } : {}),
  },
  { name: 'deletion protection', of: (one) => one.DeletionProtection, ask: (DeletionProtection: boolean) => ({ DeletionProtection }) },
  {
    name: 'IAM authentication',
    of: (one) => one.IAMDatabaseAuthenticationEnabled,
    ask: (EnableIAMDatabaseAuthentication: boolean) => ({ EnableIAMDatabaseAuthentication }),
  },
  {
    name: 'log exports',
    of: (one) => [...(one.EnabledCloudwatchLogsExports ?? [])].sort(),
    ask: (EnableCloudwatchLogsExports: string[]) => ({ EnableCloudwatchLogsExports }),
  },
  { name: 'tags copied to snapshots', of: (one) => one.CopyTagsToSnapshot, ask: (CopyTagsToSnapshot: boolean) => ({ CopyTagsToSnapshot }) },
  {
    name: 'minor upgrades',
    of: (one) => one.AutoMinorVersionUpgrade,
    ask: (AutoMinorVersionUpgrade: boolean) => ({ AutoMinorVersionUpgrade }),
  },
  {
    name: 'backup retention, days',
    of: (one) => one.BackupRetentionPeriod,
    // A replica keeps none, but what is restored will be a primary.
    ask: (days: number) => (days > 0 ? { BackupRetentionPeriod: days } : {}),
  },
  { name: 'CA certificate', of: (one) => one.CACertificateIdentifier, ask: (name: string) => ({ CACertificateIdentifier: name }) },
  { name: 'network type', of: (one) => one.NetworkType, ask: (NetworkType: string) => ({ NetworkType }) },
  {
    name: 'tags',
    of: (one) =>
      ownTags(one.TagList)
        .map(({ Key, Value }) => `${Key}=${Value}`)
        .sort(),
  },
  { name: 'storage, GB', of: (one) => one.AllocatedStorage },
  { name: 'largest storage, GB', of: (one) => one.MaxAllocatedStorage },
  { name: 'engine version', of: (one) => one.EngineVersion },
  { name: 'encryption key', of: (one) => one.KmsKeyId },
  { name: 'enhanced monitoring, s', of: (one) => one.MonitoringInterval },
  { name: 'performance insights', of: (one) => one.PerformanceInsightsEnabled },
];

/** Asks for the settings of a source, one by one, with tags beside its own. */
export function restoreSettings(source: Settings, tags: { Key: string; Value: string }[]): Asked {
  const asked = settings.reduce<Asked>((all, setting) => {
    const value = setting.of(source);
    return value === undefined || isEmpty(value) ? all : { ...all, ...setting.ask?.(value as never, source) };
  }, {});
  return { ...asked, Tags: [...ownTags(source.TagList), ...tags] };
}

/** What a restored instance has otherwise than its source. */
export function differencesOf(source: Settings, restored: Settings): Difference[] {
  return settings.flatMap(({ name, of }) => {
    const [one, other] = [of(source) ?? null, of(restored) ?? null];
    return JSON.stringify(one) === JSON.stringify(other) ? [] : [{ setting: name, source: one, restored: other }];
  });
}

/** Settings in another region than that of the source: ids of groups and keys mean nothing there. */
export function elsewhere({ VpcSecurityGroups: _groups, KmsKeyId: _key, ...rest }: Settings): Settings {
  return rest;
}

/** What a snapshot tells about the instance that it is of; RDS keeps no class, no groups and no tags of it there. */
export function snapshotSettings(snapshot: DBSnapshot): Settings {
  const { AllocatedStorage, StorageType, Iops, StorageThroughput, IAMDatabaseAuthenticationEnabled, OptionGroupName, TagList } = snapshot;
  return present({
    ...{ AllocatedStorage, StorageType, Iops, StorageThroughput, IAMDatabaseAuthenticationEnabled, TagList },
    OptionGroupMemberships: OptionGroupName ? [{ OptionGroupName }] : undefined,
  });
}

type RegionOfDatabase = Environment['databases'][string]['regions'][string];

/** The settings that the environment names for a region, for when no instance can be read there. */
export function environmentSettings({ settings: named = {} }: RegionOfDatabase): Settings {
  return present({
    DBInstanceClass: named.instanceClass,
    DBSubnetGroup: named.subnetGroup === undefined ? undefined : { DBSubnetGroupName: named.subnetGroup },
    VpcSecurityGroups: named.securityGroups?.map((VpcSecurityGroupId) => ({ VpcSecurityGroupId })),
    DBParameterGroups: named.parameterGroup === undefined ? undefined : [{ DBParameterGroupName: named.parameterGroup }],
    MultiAZ: named.multiAz,
    DeletionProtection: named.deletionProtection,
    KmsKeyId: named.kmsKey,
    EnabledCloudwatchLogsExports: named.logExports,
  });
}

function present(values: { [Key in keyof Settings]: Settings[Key] | undefined }): Settings {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** Without those that AWS keeps for itself and those that say which run made it. */
function ownTags(tags: DBInstance['TagList']): { Key: string; Value: string }[] {
  return (tags ?? []).flatMap(({ Key, Value }) => (Key && !/^(aws|muster):/.test(Key) ? [{ Key, Value: Value ?? '' }] : []));
}

/** RDS refuses to be asked for the IOPS that small gp3 storage has by itself. */
function canTune({ StorageType = '', AllocatedStorage = 0 }: Settings): boolean {
  return /^io/.test(StorageType) || (StorageType === 'gp3' && AllocatedStorage >= 400);
}

function isEmpty(value: Value): boolean {
  return value === '' || (Array.isArray(value) && value.length === 0);
}
