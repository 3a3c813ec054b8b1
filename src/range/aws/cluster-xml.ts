import type { MemberState, PracticeCluster } from '../cluster-estate.ts';
import type { RegionName } from '../contract.ts';
import { account, awsRegions } from './call.ts';
import { toXml } from './xml.ts';

/** Names of the practice cluster, as AWS would give them. */
export const globalCluster = 'ledger-global';
export const clusterNames: Record<RegionName, string> = { east: 'ledger-east', west: 'ledger-west' };
const engine = { Engine: 'aurora-postgresql', EngineVersion: '17.5' };

/** What is under way. */
export interface ClusterWork {
  /** Status of each region's cluster. */
  status: Record<RegionName, string>;
  global?: { status: string; from: RegionName; to: RegionName; loss: boolean };
}

export const clusterArn = (region: RegionName): string => `arn:aws:rds:${awsRegions[region]}:${account}:cluster:${clusterNames[region]}`;

/** A region's cluster as DescribeDBClusters tells it. */
export function clusterXml(cluster: PracticeCluster, region: RegionName, { status }: ClusterWork): string {
  const here = cluster.members().filter((member) => member.region === region);
  const { host, port } = cluster.endpoint(region);
  const members = here.map(({ name, writer, tier }) => {
    const member = { DBInstanceIdentifier: name, IsClusterWriter: writer, DBClusterParameterGroupStatus: 'in-sync', PromotionTier: tier };
    return `<DBClusterMember>${toXml(member)}</DBClusterMember>`;
  });
  const plain = {
    ...{ DBClusterIdentifier: clusterNames[region], DBClusterArn: clusterArn(region), ...engine, EngineMode: 'provisioned' },
    ...{
      Status: cluster.built() ? status[region] : 'creating',
      Endpoint: host,
      Port: port,
      DatabaseName: 'ledger',
      MultiAZ: here.length > 1,
    },
    ...{ BackupRetentionPeriod: 7, StorageEncrypted: true, DeletionProtection: true, GlobalClusterIdentifier: globalCluster },
  };
  return `${toXml(plain)}<DBClusterMembers>${members.join('')}</DBClusterMembers>`;
}

/** The global cluster as DescribeGlobalClusters tells it. */
export function globalXml(cluster: PracticeCluster, { global }: ClusterWork): string {
  const home = cluster.members().find(({ writer }) => writer)!.region;
  const other: RegionName = home === 'east' ? 'west' : 'east';
  const members = [home, other].map((region) => {
    const readers = region === home ? `<Readers><member>${clusterArn(other)}</member></Readers>` : '';
    const member = { DBClusterArn: clusterArn(region), IsWriter: region === home, SynchronizationStatus: 'connected' };
    return `<GlobalClusterMember>${toXml(member)}${readers}</GlobalClusterMember>`;
  });
  const plain = {
    ...{ GlobalClusterIdentifier: globalCluster, GlobalClusterArn: `arn:aws:rds::${account}:global-cluster:${globalCluster}` },
    ...{
      ...engine,
      Status: cluster.built() ? (global?.status ?? 'available') : 'creating',
      DatabaseName: 'ledger',
      StorageEncrypted: true,
      DeletionProtection: true,
    },
  };
  const state = global && {
    ...{ Status: 'failing-over', FromDbClusterArn: clusterArn(global.from), ToDbClusterArn: clusterArn(global.to) },
    IsDataLossAllowed: global.loss,
  };
  const moving = state ? `<FailoverState>${toXml(state)}</FailoverState>` : '';
  return `${toXml(plain)}<GlobalClusterMembers>${members.join('')}</GlobalClusterMembers>${moving}`;
}

/** A member as DescribeDBInstances tells it. */
export function memberXml({ name, region, host, port, tier, status }: MemberState): string {
  return toXml({
    ...{ DBInstanceIdentifier: name, DBInstanceClass: 'db.r7g.large', ...engine, DBInstanceStatus: status === 'down' ? 'stopped' : status },
    ...{ Endpoint: { Address: host, Port: port }, DBClusterIdentifier: clusterNames[region], PromotionTier: tier, MultiAZ: false },
    ...{ DBInstanceArn: `arn:aws:rds:${awsRegions[region]}:${account}:db:${name}`, AvailabilityZone: `${awsRegions[region]}a` },
    ...{ AllocatedStorage: 1, BackupRetentionPeriod: 7, DeletionProtection: false, DbiResourceId: `db-${name.toUpperCase()}` },
  });
}
