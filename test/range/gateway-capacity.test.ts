import assert from 'node:assert/strict';
import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  ResumeProcessesCommand,
  SetDesiredCapacityCommand,
  SuspendProcessesCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient, GetMetricDataCommand, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeInstanceStatusCommand, EC2Client, RunInstancesCommand } from '@aws-sdk/client-ec2';
import {
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetServiceQuotaCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { practice, type Practice } from './gateway-clients.ts';

describe('the gateway plays Auto Scaling and its neighbours', () => {
  let range: Practice;
  let scaling: AutoScalingClient;

  const group = async () => {
    const found = await scaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ['shop-west'] }));
    return found.AutoScalingGroups![0]!;
  };
  const setDesired = (desired: number, name = 'shop-west') =>
    scaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: name, DesiredCapacity: desired }));

  before(async () => {
    range = await practice();
    scaling = new AutoScalingClient(range.at('west'));
  });
  after(() => range.gateway.stop());

  it('shows the real instances of a group', async () => {
    const west = await group();
    assert.deepEqual([west.MinSize, west.MaxSize, west.DesiredCapacity], [1, 6, 1]);
    assert.deepEqual(
      west.Instances!.map(({ InstanceId, LifecycleState }) => [InstanceId, LifecycleState]),
      [['i-shop-west-0', 'InService']],
    );
    assert.match(west.TargetGroupARNs![0]!, /us-west-2:.*targetgroup\/shop-west\//);
    assert.ok(west.CreatedTime instanceof Date);
  });

  it('starts and stops instances within the limits of the group', async () => {
    await setDesired(3);
    range.estate.groups.get('shop-west')!.instances[2] = { id: 'i-late', state: 'pending', port: 9_002, ready: false };
    const west = await group();
    assert.equal(west.DesiredCapacity, 3);
    assert.deepEqual(
      west.Instances!.map(({ LifecycleState }) => LifecycleState),
      ['InService', 'InService', 'Pending'],
    );
    await assert.rejects(setDesired(7), { name: 'ValidationError', message: /7 is above max value 6/ });
    await assert.rejects(setDesired(0), { name: 'ValidationError', message: /0 is below min value 1/ });
    await assert.rejects(setDesired(1, 'nobody'), { name: 'ValidationError', message: /not found/ });
    assert.deepEqual(range.estate.done, ['capacity shop-west 3']);
  });

  it('changes the limits, and the capacity with them', async () => {
    range.estate.done.length = 0;
    const update = (wish: { MinSize?: number; MaxSize?: number; DesiredCapacity?: number }) =>
      scaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: 'shop-west', ...wish }));
    await update({ MinSize: 4, MaxSize: 8 });
    const west = await group();
    assert.deepEqual([west.MinSize, west.MaxSize, west.DesiredCapacity, west.Instances!.length], [4, 8, 4, 4]);
    await assert.rejects(update({ DesiredCapacity: 9 }), { name: 'ValidationError' });
    await update({ MinSize: 1, MaxSize: 6, DesiredCapacity: 3 });
    assert.deepEqual(range.estate.done, ['capacity shop-west 4', 'capacity shop-west 3']);
  });

  it('suspends and resumes the processes of a group', async () => {
    const processes = { AutoScalingGroupName: 'shop-west', ScalingProcesses: ['AlarmNotification', 'ScheduledActions', 'AZRebalance'] };
    await scaling.send(new SuspendProcessesCommand(processes));
    const suspended = (await group()).SuspendedProcesses!.map(({ ProcessName }) => ProcessName).sort();
    assert.deepEqual(suspended, ['AZRebalance', 'AlarmNotification', 'ScheduledActions']);
    await scaling.send(new ResumeProcessesCommand(processes));
    assert.deepEqual((await group()).SuspendedProcesses ?? [], []);
  });

  it('tells the health of every target and why it is not well', async () => {
    const balancing = new ElasticLoadBalancingV2Client(range.at('west'));
    range.estate.groups.set('shop-west', {
      desired: 3,
      instances: [
        { id: 'i-1', state: 'inService', port: 9_001, ready: true },
        { id: 'i-2', state: 'inService', port: 9_002, ready: false, reason: 'answered 503 & closed' },
        { id: 'i-3', state: 'pending', port: 9_003, ready: false },
      ],
    });
    const found = await balancing.send(new DescribeTargetGroupsCommand({ Names: ['shop-west'] }));
    const arn = found.TargetGroups![0]!.TargetGroupArn!;
    const { TargetHealthDescriptions } = await balancing.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn }));
    assert.deepEqual(
      TargetHealthDescriptions!.map(({ Target, TargetHealth }) => [
        Target?.Id,
        Target?.Port,
        TargetHealth?.State,
        TargetHealth?.Description,
      ]),
      [
        ['i-1', 9_001, 'healthy', undefined],
        ['i-2', 9_002, 'unhealthy', 'answered 503 & closed'],
        ['i-3', 9_003, 'initial', 'Target registration is in progress'],
      ],
    );
    const elsewhere = new DescribeTargetHealthCommand({ TargetGroupArn: arn.replace('shop-west', 'shop-north') });
    await assert.rejects(balancing.send(elsewhere), { name: 'TargetGroupNotFoundException' });
  });

  it('tells the status of the real instances', async () => {
    const ec2 = new EC2Client(range.at('west'));
    const all = await ec2.send(new DescribeInstanceStatusCommand({}));
    assert.deepEqual(
      all.InstanceStatuses!.map(({ InstanceId, InstanceState, InstanceStatus }) => [
        InstanceId,
        InstanceState?.Name,
        InstanceStatus?.Status,
      ]),
      [
        ['i-1', 'running', 'ok'],
        ['i-2', 'running', 'ok'],
        ['i-3', 'pending', 'initializing'],
      ],
    );
    const one = await ec2.send(new DescribeInstanceStatusCommand({ InstanceIds: ['i-2'] }));
    assert.equal(one.InstanceStatuses!.length, 1);
    await assert.rejects(ec2.send(new DescribeInstanceStatusCommand({ InstanceIds: ['i-9'] })), { name: 'InvalidInstanceID.NotFound' });
  });

  it('honours the client token of EC2: the same request twice starts one instance', async () => {
    const ec2 = new EC2Client(range.at('west'));
    const wish = { ImageId: 'ami-0a1b2c3d4e5f60718', MinCount: 1, MaxCount: 1, ClientToken: 'operation-1' };
    const first = await ec2.send(new RunInstancesCommand(wish));
    const second = await ec2.send(new RunInstancesCommand(wish));
    assert.equal(second.Instances![0]!.InstanceId, first.Instances![0]!.InstanceId);
    await assert.rejects(ec2.send(new RunInstancesCommand({ ...wish, MaxCount: 2 })), { name: 'IdempotentParameterMismatch' });
  });

  it('gives the replica lag in seconds, and none for a primary', async () => {
    const at = async (instance: string, place: 'east' | 'west') => {
      const dimensions = { Dimensions: [{ Name: 'DBInstanceIdentifier', Value: instance }] };
      const metric = { Namespace: 'AWS/RDS', MetricName: 'ReplicaLag', ...dimensions };
      const range60 = { StartTime: new Date(Date.now() - 60_000), EndTime: new Date() };
      const client = new CloudWatchClient(range.at(place));
      const statistics = await client.send(
        new GetMetricStatisticsCommand({ ...metric, ...range60, Period: 60, Statistics: ['Average', 'Maximum'] }),
      );
      const query = { Id: 'lag', MetricStat: { Metric: metric, Period: 60, Stat: 'Maximum' } };
      const data = await client.send(new GetMetricDataCommand({ ...range60, MetricDataQueries: [query] }));
      const [point] = statistics.Datapoints ?? [];
      return { maximum: point?.Maximum, unit: point?.Unit, at: point?.Timestamp, values: data.MetricDataResults?.[0]?.Values };
    };
    const replica = await at('orders-west', 'west');
    assert.deepEqual([replica.maximum, replica.unit, replica.values], [1.25, 'Seconds', [1.25]]);
    assert.ok(Math.abs(replica.at!.getTime() - Date.now()) < 5_000);
    assert.deepEqual((await at('orders-east', 'east')).values, []);
    range.estate.databases.get('orders-west')!.lagMs = null;
    assert.equal((await at('orders-west', 'west')).maximum, undefined);
  });

  it('knows the quota of running instances', async () => {
    const quotas = new ServiceQuotasClient(range.at('west'));
    const found = await quotas.send(new GetServiceQuotaCommand({ ServiceCode: 'ec2', QuotaCode: 'L-1216C47A' }));
    assert.equal(found.Quota?.Value, 64);
    await assert.rejects(quotas.send(new GetServiceQuotaCommand({ ServiceCode: 'ec2', QuotaCode: 'L-0' })), {
      name: 'NoSuchResourceException',
    });
  });
});
