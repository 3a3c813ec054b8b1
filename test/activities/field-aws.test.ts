import assert from 'node:assert/strict';
import { RDSClient } from '@aws-sdk/client-rds';
import { autoscalingActivities } from '../../src/activities/aws/autoscaling.ts';
import type { Aws } from '../../src/activities/aws/client.ts';
import { rdsActivities } from '../../src/activities/rds/databases.ts';
import { standingOf } from '../../src/activities/rds/statuses.ts';
import { read } from '../../src/activities/kit/kinds.ts';
import { refuseFailingTargets } from '../../src/activities/traffic/health-checks.ts';
import { readRecords } from '../../src/activities/traffic/record-sets.ts';
import type { Environment } from '../../src/config/environment.ts';
import { environmentWith } from './environment.ts';
import { failureOf, inStep } from './in-step.ts';

type Answers = Record<string, (input: Record<string, unknown>, region: string) => unknown>;

/** Clients that answer from a table by the name of the command; what they are asked is kept. */
function awsOf(answers: Answers) {
  const asked: { name: string; input: Record<string, unknown> }[] = [];
  const aws = {
    // The pages of a list are only read through a client of the SDK.
    client: (_service: string, region: string) =>
      Object.assign(Object.create(RDSClient.prototype) as object, {
        send: async ({ constructor: { name }, input }: { constructor: { name: string }; input: Record<string, unknown> }) => {
          asked.push({ name, input });
          return answers[name.replace(/Command$/, '')]!(input, region);
        },
      }),
    predicted: (_service: string, _place: string, command: { constructor: { name: string }; input: object }) => ({
      call: command.constructor.name.replace(/Command$/, ''),
      args: command.input,
    }),
    regionName: (region: string) => region,
  } as unknown as Aws;
  return { aws, asked };
}

describe('AWS, by what people met in the field', () => {
  describe('two zones of one name', () => {
    const zone = (id: string, PrivateZone: boolean) => ({ Id: `/hostedzone/${id}`, Name: 'practice.example.', Config: { PrivateZone } });
    const record = (type: string) => ({ Name: 'shop.practice.example.', Type: type, SetIdentifier: 'east', Weight: 100, TTL: 1 });
    const split = () =>
      awsOf({
        ListHostedZonesByName: () => ({ HostedZones: [zone('ZPRIV', true), zone('ZPUB', false)] }),
        ListResourceRecordSets: ({ StartRecordType }) => ({ ResourceRecordSets: [record(String(StartRecordType))] }),
      });
    const asked = { zone: 'practice.example', name: 'shop.practice.example' };

    for (const type of ['CNAME', 'SRV'])
      it(`are refused by their ids rather than guessed (${type})`, async () => {
        const { aws, asked: calls } = split();
        await assert.rejects(readRecords(aws, { ...asked, type }), {
          type: 'RefusedBySafetyRule',
          message: /2 zones are called practice.example: ZPRIV \(private\), ZPUB \(public\); name the one/,
        });
        assert.ok(calls.every(({ name }) => name === 'ListHostedZonesByNameCommand'));
      });

    it('are told apart by the id that the environment names', async () => {
      const { aws, asked: calls } = split();
      const { zoneId } = await readRecords(aws, { ...asked, type: 'CNAME', zoneId: 'ZPUB' });
      assert.deepEqual([zoneId, calls.at(-1)!.input['HostedZoneId']], ['ZPUB', 'ZPUB']);
    });

    it('do not hide that an id is of no zone of that name', async () => {
      await assert.rejects(readRecords(split().aws, { ...asked, type: 'CNAME', zoneId: 'ZOTHER' }), { type: 'Permanent' });
    });
  });

  describe('a record whose own health check fails', () => {
    const checked = (...statuses: string[]) =>
      awsOf({ GetHealthCheckStatus: () => ({ HealthCheckObservations: statuses.map((Status) => ({ StatusReport: { Status } })) }) }).aws;
    const target = [{ Name: 'shop.', Type: 'CNAME' as const, SetIdentifier: 'west', HealthCheckId: 'hc-1' }];
    const look = read((aws: Aws) => refuseFailingTargets(aws, target));

    it('gets no traffic, because Route 53 would not answer with it', async () => {
      const { name, message } = await failureOf(inStep(look, checked('Failure: connection refused', 'Failure: timeout', 'Success: 200')));
      assert.deepEqual([name, /2 of 3 checkers of Route 53 see west fail/.test(message)], ['RefusedBySafetyRule', true]);
    });
    it('is no reason while most checkers see it well, or nobody tells', async () => {
      await inStep(look, checked('Success: 200', 'Success: 200', 'Failure: timeout'));
      const { evidence } = await inStep(look, awsOf({}).aws);
      assert.match(evidence.at(-1)!.outcome, /cannot be read/);
    });
  });

  describe('instances with weights', () => {
    const group = (...weights: (string | undefined)[]) => ({
      AutoScalingGroups: [
        {
          ...{ DesiredCapacity: 6, MinSize: 0, MaxSize: 20 },
          Instances: weights.map((WeightedCapacity) => ({ LifecycleState: 'InService', HealthStatus: 'Healthy', WeightedCapacity })),
        },
      ],
    });
    const west = { service: 'shop', region: 'west' };
    const tools = (answer: object) => autoscalingActivities(environmentWith({}), awsOf({ DescribeAutoScalingGroups: () => answer }).aws);

    it('count for their weight', async () => {
      assert.equal((await inStep(tools(group('4', '2')).readCapacity, west)).result.inService, 6);
      assert.equal((await inStep(tools(group(undefined, undefined)).readCapacity, west)).result.inService, 2);
    });
    it('are what a size is proven by', async () => {
      assert.deepEqual((await inStep(tools(group('4', '3')).setCapacity, { ...west, desired: 6 })).result, { desired: 6, inService: 7 });
    });
  });

  describe('a replica of an encrypted source in another region', () => {
    const source = {
      ...{ DBInstanceIdentifier: 'orders-west', DBInstanceArn: 'arn:aws:rds:us-west-2:111122223333:db:orders-west' },
      ...{ DBInstanceStatus: 'available', BackupRetentionPeriod: 7, KmsKeyId: 'arn:aws:kms:us-west-2:111122223333:key/w' },
    };
    const tools = (encrypted: boolean, kmsKey?: string) => {
      const environment: Environment = environmentWith({});
      if (kmsKey !== undefined) environment.databases['orders']!.regions['east']!.settings = { kmsKey };
      const { aws } = awsOf({
        DescribeDBInstances: ({ DBInstanceIdentifier }) => {
          if (DBInstanceIdentifier === undefined) return { DBInstances: [] };
          if (DBInstanceIdentifier === 'orders-west') return { DBInstances: [{ ...source, StorageEncrypted: encrypted }] };
          throw Object.assign(new Error('none'), { name: 'DBInstanceNotFoundFault' });
        },
      });
      return rdsActivities(environment, aws);
    };
    const asked = { database: 'orders', region: 'east', of: 'west' };

    it('is refused in simulate too while nobody names a key', async () => {
      const { name, message } = await failureOf(inStep(tools(true).createReplica, asked, { mode: 'simulate' }));
      assert.equal(name, 'Permanent');
      assert.match(message, /name it as settings.kmsKey of orders in east/);
    });
    it('is asked for with the key of its own region', async () => {
      const { predicted } = await inStep(tools(true, 'alias/orders').createReplica, asked, { mode: 'simulate' });
      assert.equal((predicted[0]!.args as { KmsKeyId?: string }).KmsKeyId, 'alias/orders');
    });
    it('needs none when the source is not encrypted', async () => {
      const { predicted } = await inStep(tools(false, 'alias/orders').createReplica, asked, { mode: 'simulate' });
      assert.equal((predicted[0]!.args as { KmsKeyId?: string }).KmsKeyId, undefined);
    });
  });

  describe('statuses of RDS', () => {
    const standings = (...statuses: string[]) => [...new Set(statuses.map(standingOf))];
    it('in which an instance serves are all good', () =>
      assert.deepEqual(standings('available', 'backing-up', 'storage-optimization', 'configuring-log-exports'), ['serving']));
    it('that pass are waited for', () => assert.deepEqual(standings('creating', 'modifying', 'rebooting', 'upgrading'), ['passing']));
    it('that no waiting ends are told at once', () => {
      const given = ['storage-full', 'stopped', 'insufficient-capacity', 'incompatible-option-group', 'restore-error'];
      assert.deepEqual(standings(...given, 'inaccessible-encryption-credentials-recoverable'), ['hopeless']);
    });
    it('that nobody knows are called unknown', () => assert.deepEqual(standings('', 'being-adorned'), ['unknown']));
  });
});
