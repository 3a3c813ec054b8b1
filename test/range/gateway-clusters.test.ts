import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeGlobalClustersCommand,
  FailoverDBClusterCommand,
  FailoverGlobalClusterCommand,
  RDSClient,
  SwitchoverGlobalClusterCommand,
} from '@aws-sdk/client-rds';
import type { MemberState, PracticeCluster } from '../../src/range/cluster-estate.ts';
import type { RegionName } from '../../src/range/contract.ts';
import { practice, until, type Practice } from './gateway-clients.ts';

const arn = (region: string, name: string) => `arn:aws:rds:${region}:123456789012:cluster:${name}`;
const westArn = arn('us-west-2', 'ledger-west');

/** A cluster in memory: a move of the writer takes 50 ms. */
function fakeCluster(done: string[], slow = false): PracticeCluster {
  const member = (name: string, region: RegionName, port: number, tier: number): MemberState => ({
    ...{ name, region, host: '127.0.0.1', port, tier, writer: name === 'ledger-east-1', status: 'available' },
    lag: name === 'ledger-east-1' ? null : { ms: 40, at: Date.now() },
  });
  const members = [
    member('ledger-east-1', 'east', 6001, 0),
    member('ledger-east-2', 'east', 6002, 1),
    member('ledger-west-1', 'west', 6003, 1),
  ];
  let built = false;
  return {
    build: async () => {
      done.push('build');
      await delay(slow ? 60_000 : 0, undefined, { ref: false });
      built = true;
    },
    built: () => built,
    members: () => members.map((one) => ({ ...one })),
    endpoint: (region) => ({ host: '127.0.0.1', port: region === 'east' ? 6100 : 6200 }),
    moveWriter: async (to, { loss }) => {
      done.push(`${loss ? 'lossy move' : 'move'} to ${to}`);
      await delay(50);
      for (const one of members) one.writer = one.name === to;
    },
  };
}

describe('the gateway plays clusters', () => {
  let range: Practice;
  let east: RDSClient;
  let west: RDSClient;
  let done: string[];

  const clusterOf = async (client: RDSClient, id: string) => {
    const { DBClusters } = await client.send(new DescribeDBClustersCommand({ DBClusterIdentifier: id }));
    return DBClusters![0]!;
  };
  const globalOf = async (client: RDSClient) => {
    const { GlobalClusters } = await client.send(new DescribeGlobalClustersCommand({ GlobalClusterIdentifier: 'ledger-global' }));
    return GlobalClusters![0]!;
  };
  const settled = () =>
    until(
      () => globalOf(west),
      ({ Status, FailoverState }) => Status === 'available' && FailoverState === undefined,
    );
  const failOver = (to?: string) =>
    new FailoverDBClusterCommand({ DBClusterIdentifier: 'ledger-east', ...(to ? { TargetDBInstanceIdentifier: to } : {}) });
  const global = { GlobalClusterIdentifier: 'ledger-global', TargetDbClusterIdentifier: westArn };

  before(async () => {
    done = [];
    range = await practice();
    Object.assign(range.estate, { cluster: fakeCluster(done) });
    east = new RDSClient(range.at('east'));
    west = new RDSClient(range.at('west'));
  });
  after(() => range.gateway.stop());

  it('describes the cluster with its writer, tiers and endpoint, and builds it then', async () => {
    assert.equal(done.length, 0);
    const cluster = await clusterOf(east, 'ledger-east');
    assert.ok(done.includes('build'));
    assert.deepEqual(
      [cluster.Engine, cluster.Status, cluster.Endpoint, cluster.Port, cluster.GlobalClusterIdentifier],
      ['aurora-postgresql', 'available', '127.0.0.1', 6100, 'ledger-global'],
    );
    assert.deepEqual(
      cluster.DBClusterMembers!.map(({ DBInstanceIdentifier, IsClusterWriter, PromotionTier }) => [
        DBInstanceIdentifier,
        IsClusterWriter,
        PromotionTier,
      ]),
      [
        ['ledger-east-1', true, 0],
        ['ledger-east-2', false, 1],
      ],
    );
    const secondary = await clusterOf(west, 'ledger-west');
    assert.deepEqual(
      secondary.DBClusterMembers!.map(({ IsClusterWriter }) => IsClusterWriter),
      [false],
    );
    await assert.rejects(clusterOf(west, 'ledger-east'), { name: 'DBClusterNotFoundFault' });
  });

  it('calls the cluster `creating` when it takes long to build, instead of keeping the caller waiting', async () => {
    const { cluster } = range.estate;
    Object.assign(range.estate, { cluster: fakeCluster([], true) });
    assert.equal((await clusterOf(east, 'ledger-east')).Status, 'creating');
    assert.equal((await globalOf(east)).Status, 'creating');
    await assert.rejects(east.send(failOver('ledger-east-2')), { name: 'InvalidDBClusterStateFault', message: /is creating/ });
    Object.assign(range.estate, { cluster });
  });

  it('describes the global cluster and the members as instances', async () => {
    const { GlobalClusterMembers, Status } = await globalOf(west);
    assert.equal(Status, 'available');
    assert.deepEqual(
      GlobalClusterMembers!.map(({ DBClusterArn, IsWriter, Readers }) => [DBClusterArn, IsWriter, Readers ?? []]),
      [
        [arn('us-east-2', 'ledger-east'), true, [westArn]],
        [westArn, false, []],
      ],
    );
    const { DBInstances } = await east.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'ledger-east-2' }));
    const [member] = DBInstances!;
    assert.deepEqual([member!.DBInstanceStatus, member!.Endpoint?.Port, member!.DBClusterIdentifier], ['available', 6002, 'ledger-east']);
    const orders = await east.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'orders-east' }));
    assert.equal(orders.DBInstances?.[0]?.DBInstanceIdentifier, 'orders-east');
  });

  it('tells the lag of readers and of the secondary as CloudWatch does', async () => {
    const read = async (place: 'east' | 'west', metric: string, name: string, value: string) => {
      const { Datapoints } = await new CloudWatchClient(range.at(place)).send(
        new GetMetricStatisticsCommand({
          ...{ Namespace: 'AWS/RDS', MetricName: metric, Statistics: ['Maximum'], Period: 60 },
          Dimensions: [{ Name: name, Value: value }],
          StartTime: new Date(Date.now() - 300_000),
          EndTime: new Date(),
        }),
      );
      return Datapoints?.map(({ Maximum }) => Maximum);
    };
    assert.deepEqual(await read('east', 'AuroraReplicaLag', 'DBInstanceIdentifier', 'ledger-east-2'), [40]);
    assert.deepEqual(await read('west', 'AuroraGlobalDBReplicationLag', 'DBClusterIdentifier', 'ledger-west'), [40]);
    assert.deepEqual(await read('east', 'AuroraReplicaLag', 'DBInstanceIdentifier', 'ledger-east-1'), []);
    assert.deepEqual(await read('west', 'ReplicaLag', 'DBInstanceIdentifier', 'orders-west'), [1.25]);
  });

  it('refuses targets that cannot take over', async () => {
    await assert.rejects(east.send(failOver('ledger-east-1')), { name: 'InvalidDBClusterStateFault', message: /already the writer/ });
    await assert.rejects(east.send(failOver('ledger-west-1')), { name: 'InvalidParameterValue' });
    await assert.rejects(west.send(new FailoverDBClusterCommand({ DBClusterIdentifier: 'ledger-west' })), { message: /secondary cluster/ });
    const home = { ...global, TargetDbClusterIdentifier: arn('us-east-2', 'ledger-east') };
    await assert.rejects(west.send(new SwitchoverGlobalClusterCommand(home)), { name: 'InvalidGlobalClusterStateFault' });
    const nobody = { ...global, GlobalClusterIdentifier: 'other' };
    await assert.rejects(west.send(new SwitchoverGlobalClusterCommand(nobody)), { name: 'GlobalClusterNotFoundFault' });
    assert.ok(done.every((what) => what === 'build'));
  });

  it('fails over inside the cluster in a while, to the target or, without one, to whoever is next', async () => {
    done.length = 0;
    const answer = await east.send(failOver('ledger-east-2'));
    assert.equal(answer.DBCluster?.Status, 'failing-over');
    await assert.rejects(east.send(failOver('ledger-east-1')), { name: 'InvalidDBClusterStateFault', message: /failing-over/ });
    const idle = () =>
      until(
        () => clusterOf(east, 'ledger-east'),
        ({ Status }) => Status === 'available',
      );
    await idle();
    await east.send(failOver());
    await idle();
    assert.deepEqual(
      done.filter((what) => what !== 'build'),
      ['move to ledger-east-2', 'move to ledger-east-1'],
    );
  });

  it('moves the global cluster, without loss unless loss is allowed', async () => {
    done.length = 0;
    const answer = await west.send(new SwitchoverGlobalClusterCommand(global));
    assert.deepEqual([answer.GlobalCluster?.Status, answer.GlobalCluster?.FailoverState?.ToDbClusterArn], ['switching-over', westArn]);
    await settled();
    await assert.rejects(west.send(new FailoverGlobalClusterCommand({ ...global, AllowDataLoss: true })), {
      message: /already the primary/,
    });
    const back = { ...global, TargetDbClusterIdentifier: arn('us-east-2', 'ledger-east') };
    await east.send(new FailoverGlobalClusterCommand({ ...back, AllowDataLoss: true }));
    await settled();
    await west.send(new FailoverGlobalClusterCommand(global));
    await settled();
    assert.deepEqual(
      done.filter((what) => what !== 'build'),
      ['move to ledger-west-1', 'lossy move to ledger-east-1', 'move to ledger-west-1'],
    );
    assert.deepEqual(range.lines, []);
  });
});
