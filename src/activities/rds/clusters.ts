import { GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeDBClustersCommand, DescribeGlobalClustersCommand, type DBCluster, type GlobalCluster } from '@aws-sdk/client-rds';
import type { Environment } from '../../config/environment.ts';
import type { Aws } from '../aws/index.ts';
import { named, type NoReading, readOrRefusal } from '../kit/index.ts';
import { describeInstance } from './instances.ts';

export interface ClusterMember {
  instance: string;
  /** Null when the region does not answer. */
  writer: boolean | null;
  /** Promotion tier; the lowest takes over when nobody names a target. */
  tier: number | null;
  /** RDS's own word; empty when unknown. */
  status: string;
  host: string | null;
  port: number | null;
  /** How far a reader is behind its writer, by CloudWatch; null when there is no reading within five minutes. */
  lag: { ms: number; at: string } | null;
}

/** A cluster's part in one region. */
export interface ClusterRegion {
  region: string;
  cluster: string;
  /** False when RDS tells nothing of it. */
  reachable: boolean;
  /** What RDS says instead of an answer, when it does answer. */
  refusal?: string;
  /** RDS's own word, e.g. `available`, `failing-over`; empty when absent or unknown. */
  status: string;
  /** RDS's own word; null when absent or unknown. */
  engine: string | null;
  arn: string | null;
  members: ClusterMember[];
  /** How far the part is behind the writer's region; null on that one, and when there is no reading within five minutes. */
  lag: { ms: number; at: string } | null;
}

/** A whole cluster: what the environment calls it, its parts, and the global cluster that joins them. */
export interface ClusterTopology {
  cluster: string;
  /** The environment's word; RDS's is in each part. */
  engine: string;
  regions: ClusterRegion[];
  /** `home` is the region of the writer. Null when the environment names none, or no region can tell. */
  global: { id: string; status: string; home: string | null; movesTo: string | null } | null;
}

/** A cluster of the environment in one of its regions. */
export interface ClusterWhere {
  cluster: string;
  region: string;
}

const readingWindowMs = 5 * 60_000;

/** The environment's entry of a cluster; InvalidInput when there is none. */
export const clusterOf = (environment: Environment, cluster: string) => named(environment.clusters, cluster, 'cluster');

/** The environment's entry of a cluster's part in a region; InvalidInput when there is none. */
export const clusterPart = (environment: Environment, { cluster, region }: ClusterWhere) =>
  named(clusterOf(environment, cluster).regions, region, `cluster ${cluster} in the region`);

/** Reads all of a cluster; a region that does not answer is part of what it says. */
export async function readTopology(environment: Environment, aws: Aws, cluster: string): Promise<ClusterTopology> {
  const { engine, regions, global } = clusterOf(environment, cluster);
  const parts = await Promise.all(Object.keys(regions).map((region) => readPart(environment, aws, { cluster, region })));
  return { cluster, engine, regions: parts, global: global === undefined ? null : await readGlobal(aws, global, parts) };
}

/** Reads the part in one region; one that RDS does not know has an empty status. */
export async function readPart(environment: Environment, aws: Aws, { cluster, region }: ClusterWhere): Promise<ClusterRegion> {
  const known = clusterPart(environment, { cluster, region });
  const nothingOf = (reachable: boolean): ClusterRegion => ({
    ...{ region, cluster: known.cluster, reachable, status: '', engine: null, arn: null, lag: null },
    members: known.members.map((instance) => ({ instance, writer: null, tier: null, status: '', host: null, port: null, lag: null })),
  });
  const untold = ({ answers, words }: NoReading): ClusterRegion => ({ ...nothingOf(false), ...(answers ? { refusal: words } : {}) });
  const seen = await readOrRefusal(async () => {
    const found = await describeCluster(aws, region, known.cluster);
    return found ? await partOf(aws, region, known.cluster, found) : nothingOf(true);
  });
  return 'is' in seen ? seen.is : untold(seen);
}

async function describeCluster(aws: Aws, region: string, id: string): Promise<DBCluster | undefined> {
  try {
    const { DBClusters } = await aws.client('rds', region).send(new DescribeDBClustersCommand({ DBClusterIdentifier: id }));
    return DBClusters?.[0];
  } catch (error) {
    if (error instanceof Error && /^DBClusterNotFound(Fault)?$/.test(error.name)) return undefined;
    throw error;
  }
}

async function partOf(aws: Aws, region: string, id: string, found: DBCluster): Promise<ClusterRegion> {
  const aurora = found.Engine?.startsWith('aurora') ?? false;
  const members = await Promise.all(
    (found.DBClusterMembers ?? []).map(async ({ DBInstanceIdentifier = '', IsClusterWriter = false, PromotionTier }) => {
      const [{ status, host, port }, lag] = await Promise.all([
        describeInstance(aws, region, DBInstanceIdentifier),
        IsClusterWriter ? null : readLag(aws, region, aurora ? 'AuroraReplicaLag' : 'ReplicaLag', { DBInstanceIdentifier }),
      ]);
      return { instance: DBInstanceIdentifier, writer: IsClusterWriter, tier: PromotionTier ?? null, status, host, port, lag };
    }),
  );
  const hasWriter = members.some(({ writer }) => writer);
  return {
    ...{ region, cluster: id, reachable: true, status: found.Status ?? '', engine: found.Engine ?? null, arn: found.DBClusterArn ?? null },
    members,
    lag: hasWriter ? null : await readLag(aws, region, 'AuroraGlobalDBRPOLag', { DBClusterIdentifier: id }),
  };
}

/** The newest reading; Aurora tells milliseconds, a Multi-AZ DB cluster seconds. */
async function readLag(aws: Aws, region: string, metric: string, dimension: Record<string, string>) {
  const now = Date.now();
  const asked = new GetMetricStatisticsCommand({
    ...{ Namespace: 'AWS/RDS', MetricName: metric, Statistics: ['Maximum'], Period: 60 },
    Dimensions: Object.entries(dimension).map(([Name, Value]) => ({ Name, Value })),
    StartTime: new Date(now - readingWindowMs),
    EndTime: new Date(now),
  });
  // CloudWatch may be out of order while RDS is not.
  const seen = await readOrRefusal(() => aws.client('cloudwatch', region).send(asked), 0);
  if (!('is' in seen)) return null;
  const newest = (seen.is.Datapoints ?? []).sort((a, b) => Number(b.Timestamp) - Number(a.Timestamp))[0];
  if (newest?.Maximum === undefined || !newest.Timestamp) return null;
  const ms = Math.round(metric === 'ReplicaLag' ? newest.Maximum * 1_000 : newest.Maximum);
  return { ms, at: newest.Timestamp.toISOString() };
}

/** Asks the regions in turn; the lost one cannot tell, the others can. */
async function readGlobal(aws: Aws, id: string, parts: readonly ClusterRegion[]): Promise<ClusterTopology['global']> {
  for (const { region } of parts.filter(({ reachable }) => reachable)) {
    const found = await describeGlobal(aws, region, id);
    if (!found) continue;
    const home = (found.GlobalClusterMembers ?? []).find(({ IsWriter }) => IsWriter)?.DBClusterArn;
    const movesTo = found.FailoverState?.ToDbClusterArn;
    const regionOf = (arn: string | undefined) => parts.find((part) => arn !== undefined && names(aws, part, arn))?.region ?? null;
    return { id, status: found.Status ?? '', home: regionOf(home), movesTo: movesTo === undefined ? null : regionOf(movesTo) };
  }
  return null;
}

async function describeGlobal(aws: Aws, region: string, id: string): Promise<GlobalCluster | undefined> {
  const asked = new DescribeGlobalClustersCommand({ GlobalClusterIdentifier: id });
  const notThere = (error: unknown) => {
    if (error instanceof Error && /^GlobalClusterNotFound(Fault)?$/.test(error.name)) return { GlobalClusters: [] };
    throw error;
  };
  const seen = await readOrRefusal(() => aws.client('rds', region).send(asked).catch(notThere));
  return 'is' in seen ? seen.is.GlobalClusters?.[0] : undefined;
}

/** True when an ARN is that of a part, which cannot tell it itself while its region is lost. */
function names(aws: Aws, { region, cluster }: ClusterRegion, arn: string): boolean {
  const [, , , awsRegion, , , name] = arn.split(':');
  return awsRegion === aws.regionName(region) && name === cluster;
}
