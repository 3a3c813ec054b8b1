import assert from 'node:assert/strict';
import { AutoScalingClient, DescribeAutoScalingGroupsCommand, SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeInstanceStatusCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeDBInstancesCommand, PromoteReadReplicaCommand, RDSClient } from '@aws-sdk/client-rds';
import { ListHostedZonesCommand, Route53Client } from '@aws-sdk/client-route-53';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { practice, until, type Practice } from './gateway-clients.ts';

describe('the gateway breaks AWS calls on demand', () => {
  let range: Practice;
  let scaling: AutoScalingClient;

  const setDesired = (desired: number, abortSignal?: AbortSignal) =>
    scaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'shop-west', DesiredCapacity: desired }), {
      ...(abortSignal ? { abortSignal } : {}),
    });
  const desired = () => range.estate.groups.get('shop-west')!.desired;
  const fault = (how: 'throttle' | 'error' | 'reset' | 'stall', when: 'before' | 'after', more: { times?: number; ms?: number } = {}) =>
    range.gateway.fault({ kind: 'aws', how, when, action: 'SetDesiredCapacity', ...more });

  before(async () => {
    range = await practice();
    scaling = new AutoScalingClient(range.at('west'));
  });
  beforeEach(() => {
    range.gateway.healFaults();
    range.gateway.clearCalls();
    range.estate.setCapacity('shop-west', 1);
  });
  after(() => range.gateway.stop());

  const failures = [
    { how: 'throttle', error: { name: 'Throttling' }, status: 400 },
    { how: 'error', error: { name: 'ServiceUnavailable' }, status: 503 },
    { how: 'reset', error: { code: 'ECONNRESET' }, status: 0 },
  ] as const;
  for (const { how, error, status } of failures) {
    for (const when of ['before', 'after'] as const) {
      it(`${how} ${when} the commit: the call fails and ${when === 'after' ? 'happened all the same' : 'nothing happened'}`, async () => {
        fault(how, when);
        await assert.rejects(setDesired(3), error);
        assert.equal(desired(), when === 'after' ? 3 : 1);
        const [call] = range.gateway.calls();
        assert.deepEqual([call?.fault, call?.status, call?.stateChanging], [`${how} ${when}`, when === 'after' ? 200 : status, true]);
        await setDesired(2);
        assert.equal(desired(), 2);
      });
    }
  }

  it('stall before the commit: a client that gives up has changed nothing', async () => {
    fault('stall', 'before');
    await assert.rejects(setDesired(3, AbortSignal.timeout(100)), { name: 'AbortError' });
    await setDesired(2);
    assert.equal(desired(), 2);
    assert.equal(range.gateway.calls()[0]?.status, 0);
  });

  it('stall after the commit: a client that gives up has changed it', async () => {
    fault('stall', 'after');
    await assert.rejects(setDesired(3, AbortSignal.timeout(200)), { name: 'AbortError' });
    assert.equal(desired(), 3);
    assert.equal(range.gateway.calls()[0]?.status, 200);
  });

  it('stall: a patient client gets its answer late, or as soon as the fault is healed', async () => {
    fault('stall', 'before', { ms: 150 });
    const startedAt = Date.now();
    await setDesired(3);
    assert.ok(Date.now() - startedAt >= 150);
    fault('stall', 'before');
    const waiting = setDesired(4);
    await until(
      () => range.gateway.calls().length,
      (count) => count === 2,
    );
    range.gateway.healFaults();
    await waiting;
    assert.equal(desired(), 4);
  });

  it('hits the next so many calls of one action, and no other', async () => {
    fault('throttle', 'before', { times: 2 });
    await scaling.send(new DescribeAutoScalingGroupsCommand({}));
    await assert.rejects(setDesired(2), { name: 'Throttling' });
    await assert.rejects(setDesired(2), { name: 'Throttling' });
    await setDesired(2);
    fault('error', 'before');
    range.gateway.healFaults();
    await setDesired(3);
  });

  it('is grey for every call to one region, until it is well again', async () => {
    const outcomes = async () => {
      const all: string[] = [];
      for (let call = 0; call < 10; call += 1)
        all.push(
          await setDesired(2).then(
            () => 'done',
            ({ name }: Error) => name,
          ),
        );
      return [all.filter((one) => one === 'done').length, [...new Set(all)].sort()];
    };
    range.gateway.setGrey('west', 'errors');
    assert.deepEqual(await outcomes(), [3, ['ServiceUnavailable', 'done']]);
    range.gateway.setGrey('west', 'throttled');
    assert.deepEqual(await outcomes(), [3, ['Throttling', 'done']]);
    range.gateway.setGrey('west', 'one-way');
    const waiting = setDesired(5);
    await until(desired, (count) => count === 5);
    await new RDSClient(range.at('east')).send(new DescribeDBInstancesCommand({}));
    range.gateway.setGrey('west', undefined);
    await waiting;
  });

  it('promotes for real when only the answer is lost', async () => {
    const rds = new RDSClient(range.at('west'));
    range.gateway.fault({ kind: 'aws', how: 'reset', when: 'after', action: 'PromoteReadReplica' });
    await assert.rejects(rds.send(new PromoteReadReplicaCommand({ DBInstanceIdentifier: 'orders-west' })), { code: 'ECONNRESET' });
    const promoted = await until(
      async () => (await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'orders-west' }))).DBInstances![0]!,
      (instance) => instance.DBInstanceStatus === 'available',
    );
    assert.equal(promoted.ReadReplicaSourceDBInstanceIdentifier, undefined);
    assert.deepEqual(
      range.estate.done.filter((words) => words.startsWith('promote')),
      ['promote orders-west'],
    );
  });

  it('speaks of throttling and of outages in the words of every protocol', async () => {
    const calls = {
      query: () => new STSClient(range.at('west')).send(new GetCallerIdentityCommand({})),
      ec2: () => new EC2Client(range.at('west')).send(new DescribeInstanceStatusCommand({})),
      'rest-xml': () => new Route53Client(range.at('global')).send(new ListHostedZonesCommand({})),
      json: () =>
        new CloudWatchClient(range.at('west')).send(
          new GetMetricDataCommand({ StartTime: new Date(0), EndTime: new Date(), MetricDataQueries: [] }),
        ),
    };
    const refused = async (call: () => Promise<unknown>) => {
      const error: unknown = await call().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof Error && '$metadata' in error);
      return [error.name, (error.$metadata as { httpStatusCode: number }).httpStatusCode];
    };
    const names: Record<string, unknown> = {};
    for (const how of ['throttle', 'error'] as const) {
      range.gateway.fault({ kind: 'aws', how, when: 'before', action: '*', times: 4 });
      for (const [protocol, call] of Object.entries(calls)) names[`${how} ${protocol}`] = await refused(call);
    }
    assert.deepEqual(names, {
      'throttle query': ['Throttling', 400],
      'throttle ec2': ['RequestLimitExceeded', 503],
      'throttle rest-xml': ['ThrottlingException', 400],
      'throttle json': ['ThrottlingException', 400],
      'error query': ['ServiceUnavailable', 503],
      'error ec2': ['Unavailable', 503],
      'error rest-xml': ['ServiceUnavailable', 503],
      'error json': ['ServiceUnavailableException', 503],
    });
  });
});
