import { setTimeout as delay } from 'node:timers/promises';
import type { PracticeCluster } from '../cluster-estate.ts';
import type { RegionName } from '../contract.ts';
import type { Estate } from '../estate.ts';
import { jsonAnswer, queryAnswer, Refusal, type Answer } from './answers.ts';
import type { Call, Handlers } from './call.ts';
import { clusterArn, clusterNames, clusterXml, globalCluster, globalXml, memberXml, type ClusterWork } from './cluster-xml.ts';
import { settleMs } from './instances.ts';
import { regional } from './regional.ts';

const longestBuildMs = 2_500;

/** Calls of RDS about clusters, which moto does not play; `others` answers for instances and metrics that are none of the cluster's. */
export function clusterHandlers(estate: Estate, others: Handlers, log: (line: string) => void): Handlers {
  const work: ClusterWork = { status: { east: 'available', west: 'available' } };

  const built = async (refuse: () => Refusal): Promise<PracticeCluster> => {
    if (!estate.cluster) throw refuse();
    // What takes longer goes on meanwhile: AWS answers at once, too.
    await Promise.race([estate.cluster.build(), delay(longestBuildMs, undefined, { ref: false })]);
    return estate.cluster;
  };
  const home = (cluster: PracticeCluster) => cluster.members().find(({ writer }) => writer)!;

  /** Shows that work is under way for a while, and lets it go on in the background. */
  const begin = (regions: readonly RegionName[], global: ClusterWork['global'], what: string, act: () => Promise<void>) => {
    for (const region of regions) work.status[region] = global?.status ?? 'failing-over';
    if (global) work.global = global;
    void Promise.allSettled([act(), delay(settleMs, undefined, { ref: false })]).then(([outcome]) => {
      for (const region of regions) work.status[region] = 'available';
      if (global) delete work.global;
      if (outcome.status === 'rejected') log(`${what} failed: ${String(outcome.reason)}`);
    });
  };
  const mustBeIdle = (region: RegionName) => {
    if (!estate.cluster!.built()) throw invalidCluster(`DB cluster ${clusterNames[region]} is creating.`);
    if (work.status[region] === 'available' && !work.global) return;
    throw invalidCluster(
      `DB cluster ${clusterNames[region]} is not in available state: it is ${work.global?.status ?? work.status[region]}.`,
    );
  };

  /** The whole cluster to another region; with loss it does not ask whether the old one is there. */
  const moveGlobal = async (call: Call, loss: boolean): Promise<Answer> => {
    const asked = call.form.get('GlobalClusterIdentifier') ?? '';
    const cluster = await built(() => noGlobal(asked));
    if (asked !== globalCluster) throw noGlobal(asked);
    const target = call.form.get('TargetDbClusterIdentifier') ?? '';
    const to = (['east', 'west'] as const).find((region) => [clusterArn(region), clusterNames[region]].includes(target));
    if (!to) throw noCluster(target);
    if (!cluster.built()) throw invalidGlobal(`The global cluster ${globalCluster} is creating.`);
    const from = home(cluster).region;
    if (to === from) throw invalidGlobal(`${target} is already the primary cluster of ${globalCluster}.`);
    if (estate.lost(to)) throw invalidGlobal(`${target} is not available.`);
    if (!loss && estate.lost(from))
      throw invalidGlobal(`The primary cluster ${clusterNames[from]} is not available: a switchover needs both.`);
    if (work.global) throw invalidGlobal(`The global cluster ${globalCluster} is ${work.global.status}.`);
    const member = readersOf(cluster, to)[0];
    if (!member) throw invalidGlobal(`${target} has no instance that can take over.`);
    const status = loss ? 'failing-over' : 'switching-over';
    begin(['east', 'west'], { status, from, to, loss }, `the move of ${globalCluster} to ${to}`, () =>
      cluster.moveWriter(member.name, { loss }),
    );
    return queryAnswer(call, `<GlobalCluster>${globalXml(cluster, work)}</GlobalCluster>`);
  };

  return {
    'rds:DescribeDBClusters': async (call) => {
      const region = regional(call);
      const asked = call.form.get('DBClusterIdentifier');
      if (asked !== null && ![clusterNames[region], clusterArn(region)].includes(asked)) throw noCluster(asked);
      const cluster = await built(() => noCluster(asked ?? 'any'));
      return queryAnswer(call, `<DBClusters><DBCluster>${clusterXml(cluster, region, work)}</DBCluster></DBClusters>`);
    },

    'rds:DescribeGlobalClusters': async (call) => {
      const asked = call.form.get('GlobalClusterIdentifier') ?? globalCluster;
      const cluster = await built(() => noGlobal(asked));
      if (asked !== globalCluster) throw noGlobal(asked);
      return queryAnswer(call, `<GlobalClusters><GlobalClusterMember>${globalXml(cluster, work)}</GlobalClusterMember></GlobalClusters>`);
    },

    'rds:DescribeDBInstances': async (call) => {
      const asked = call.form.get('DBInstanceIdentifier');
      const member = estate.cluster?.members().find(({ name, region }) => name === asked && region === call.place);
      if (!member) return others['rds:DescribeDBInstances']!(call);
      return queryAnswer(call, `<DBInstances><DBInstance>${memberXml(member)}</DBInstance></DBInstances>`);
    },

    'rds:FailoverDBCluster': async (call) => {
      const region = regional(call);
      const asked = call.form.get('DBClusterIdentifier') ?? '';
      if (![clusterNames[region], clusterArn(region)].includes(asked)) throw noCluster(asked);
      const cluster = await built(() => noCluster(asked));
      mustBeIdle(region);
      if (home(cluster).region !== region) throw invalidCluster(`DB cluster ${asked} is a secondary cluster and has no writer.`);
      const named = call.form.get('TargetDBInstanceIdentifier');
      // As AWS does without a target: whoever is next, so that asking twice goes there and back again.
      const target = named === null ? readersOf(cluster, region)[0] : cluster.members().find(({ name }) => name === named);
      if (target?.region !== region)
        throw new Refusal('InvalidParameterValue', `${named ?? 'No instance'} is a reader of the DB cluster ${asked}.`);
      if (target.writer) throw invalidCluster(`${target.name} is already the writer of the DB cluster ${asked}.`);
      if (target.status !== 'available') throw invalidCluster(`${target.name} is ${target.status}.`);
      begin([region], undefined, `the failover to ${target.name}`, () => cluster.moveWriter(target.name, { loss: false }));
      return queryAnswer(call, `<DBCluster>${clusterXml(cluster, region, work)}</DBCluster>`);
    },

    'rds:SwitchoverGlobalCluster': (call) => moveGlobal(call, false),
    'rds:FailoverGlobalCluster': (call) => moveGlobal(call, call.form.get('AllowDataLoss') === 'true'),

    'monitoring:GetMetricStatistics': async (call) => {
      const { MetricName, Dimensions = [], StartTime = 0 } = JSON.parse(call.body) as Metric;
      if (MetricName === undefined || !Object.hasOwn(lagMetrics, MetricName)) return others['monitoring:GetMetricStatistics']!(call);
      const value = Dimensions.find(({ Name }) => Name === lagMetrics[MetricName])?.Value;
      const member = estate.cluster?.members().find(({ name, region, writer }) => {
        return region === call.place && !writer && [name, clusterNames[region]].includes(value ?? '');
      });
      const lag = member?.lag;
      if (!lag || lag.at < StartTime * 1_000) return jsonAnswer({ Label: MetricName, Datapoints: [] });
      const values = { Average: lag.ms, Maximum: lag.ms, Minimum: lag.ms, Sum: lag.ms, SampleCount: 1 };
      return jsonAnswer({ Label: MetricName, Datapoints: [{ Timestamp: lag.at / 1_000, ...values, Unit: 'Milliseconds' }] });
    },
  };
}

interface Metric {
  MetricName?: string;
  Dimensions?: { Name: string; Value: string }[];
  /** In seconds. */
  StartTime?: number;
}

/** Metrics that tell how far a reader is behind, with the dimension that each goes by. */
const lagMetrics: Readonly<Record<string, string>> = {
  AuroraReplicaLag: 'DBInstanceIdentifier',
  AuroraGlobalDBReplicationLag: 'DBClusterIdentifier',
  AuroraGlobalDBRPOLag: 'DBClusterIdentifier',
};

function readersOf(cluster: PracticeCluster, region: RegionName) {
  const readers = cluster.members().filter((member) => member.region === region && !member.writer && member.status === 'available');
  return readers.sort((a, b) => a.tier - b.tier);
}

const noCluster = (name: string) => new Refusal('DBClusterNotFoundFault', `DBCluster ${name} not found.`, 404);
const noGlobal = (name: string) => new Refusal('GlobalClusterNotFoundFault', `Global cluster ${name} not found.`, 404);
const invalidCluster = (message: string) => new Refusal('InvalidDBClusterStateFault', message);
const invalidGlobal = (message: string) => new Refusal('InvalidGlobalClusterStateFault', message);
