import assert from 'node:assert/strict';
import { DeleteAlarmsCommand, CloudWatchClient, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { CreateKeyCommand, DisableKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { CreateDBSnapshotCommand, RDSClient } from '@aws-sdk/client-rds';
import { cloudwatchActivities } from '../../src/activities/aws/cloudwatch.ts';
import { httpProbeActivities } from '../../src/activities/service/http-probe.ts';
import { kmsActivities } from '../../src/activities/aws/kms.ts';
import { rdsActivities } from '../../src/activities/rds/databases.ts';
import type { EvidenceEntry } from '../../src/record/evidence.ts';
import type { Environment } from '../../src/config/environment.ts';
import { practice, type Practice } from '../range/gateway-clients.ts';
import { environmentWith } from './environment.ts';
import { failureOf, inStep } from './in-step.ts';
import { smallServer, type SmallServer } from './small-server.ts';

const west = { database: 'orders', region: 'west' };

describe('the tools that protect a new primary', () => {
  let range: Practice;
  let customers: SmallServer;
  let environment: Environment;
  const receipts: { id: string; at: string }[] = [];

  before(async () => {
    range = await practice();
    customers = await smallServer(({ path }) => {
      const since = new URL(path, 'http://customers').searchParams.get('since');
      return { status: 200, body: { orders: receipts.filter(({ at }) => since === null || at >= since) } };
    });
    const { endpoints, secret } = range.gateway;
    environment = environmentWith({
      ...{ AWS_GLOBAL: endpoints.global, AWS_EAST: endpoints.east, AWS_WEST: endpoints.west, AWS_SECRET: secret },
      ...{ CUSTOMERS_ACKNOWLEDGED: `${customers.url}/acknowledged` },
    });
  });
  after(() => Promise.all([range?.gateway.stop(), customers?.stop()]));
  beforeEach(() => range.gateway.clearCalls());

  const changes = () =>
    range.gateway
      .calls()
      .filter(({ stateChanging }) => stateChanging)
      .map(({ action }) => action);
  const acts = (evidence: EvidenceEntry[]) => evidence.filter(({ kind }) => kind === 'change').map(({ call, args }) => ({ call, args }));

  describe('with alarms', () => {
    it('see that an instance has none, and put in simulate none on it', async () => {
      const { readAlarms, protectWithAlarms } = cloudwatchActivities(environment);
      const { result } = await inStep(readAlarms, west);
      assert.deepEqual(
        result.map(({ name, asWanted, state }) => [name, asWanted, state]),
        ['storage', 'connections', 'cpu'].map((name) => [`orders-west-${name}`, false, null]),
      );
      const { predicted } = await inStep(protectWithAlarms, west, { mode: 'simulate' });
      assert.deepEqual([predicted.length, changes()], [3, []]);
    });

    it('put exactly the alarms that they predict, once, and read them back', async () => {
      const { readAlarms, protectWithAlarms } = cloudwatchActivities(environment);
      const { predicted, evidence, result } = await inStep(protectWithAlarms, west);
      assert.deepEqual(acts(evidence), predicted);
      assert.deepEqual(result.alarms, ['orders-west-storage', 'orders-west-connections', 'orders-west-cpu']);
      await inStep(protectWithAlarms, west);
      assert.deepEqual(changes(), Array(3).fill('PutMetricAlarm'));
      assert.ok((await inStep(readAlarms, west)).result.every(({ asWanted, state }) => asWanted && state !== null));
      const again = range.gateway.calls().filter(({ action }) => action === 'DescribeAlarms');
      assert.ok(again.length > 0 && again.every(({ stateChanging }) => !stateChanging));
    });

    it('put right what somebody changed, and what is missing, and leave the rest alone', async () => {
      const { protectWithAlarms } = cloudwatchActivities(environment);
      const operator = new CloudWatchClient(range.at('west'));
      await operator.send(new DeleteAlarmsCommand({ AlarmNames: ['orders-west-cpu'] }));
      await operator.send(
        new PutMetricAlarmCommand({
          ...{ AlarmName: 'orders-west-storage', Namespace: 'AWS/RDS', MetricName: 'FreeStorageSpace', Statistic: 'Minimum' },
          ...{ ComparisonOperator: 'LessThanThreshold', Threshold: 1, Period: 60, EvaluationPeriods: 5 },
          Dimensions: [{ Name: 'DBInstanceIdentifier', Value: 'orders-west' }],
        }),
      );
      range.gateway.clearCalls();
      const { predicted } = await inStep(protectWithAlarms, west);
      assert.deepEqual(
        predicted.map(({ args }) => (args as { AlarmName: string }).AlarmName),
        ['orders-west-storage', 'orders-west-cpu'],
      );
    });

    it('put an alarm once although the answer is lost', async () => {
      range.gateway.fault({ kind: 'aws', how: 'reset', when: 'after', action: 'PutMetricAlarm' });
      const operator = new CloudWatchClient(range.at('east'));
      const east = { database: 'orders', region: 'east' };
      // The others were not reached, so the next attempt puts those that are missing.
      const { name } = await failureOf(inStep(cloudwatchActivities(environment).protectWithAlarms, east));
      assert.equal(name, 'Transient');
      await inStep(cloudwatchActivities(environment).protectWithAlarms, east);
      assert.equal(changes().length, 3);
      operator.destroy();
    });
  });

  describe('with settings', () => {
    it('show how a replica differs from its primary, and do not throw when the primary is out of sight', async () => {
      const { compareReplica } = rdsActivities(environment);
      const asked = { database: 'orders', from: 'east', to: 'west' };
      const seen = async () => {
        const { result } = await inStep(compareReplica, asked);
        return Object.fromEntries(result.map(({ setting, primary, replica }) => [setting, [primary, replica]]));
      };
      const both = await seen();
      assert.deepEqual(both['parameter group'], ['orders-postgres', 'orders-postgres']);
      assert.deepEqual(both['instance class'], ['db.m7g.large', 'db.m7g.large']);
      assert.deepEqual(both['Multi-AZ'], ['on', 'off']);
      await range.gateway.loseRegion('east');
      assert.deepEqual((await seen())['Multi-AZ'], [null, 'off']);
      await range.gateway.healRegion('east');
    });

    it('turn Multi-AZ on once, and back off', async () => {
      const { setMultiAz } = rdsActivities(environment);
      const { predicted, evidence, result } = await inStep(setMultiAz, { ...west, on: true });
      assert.deepEqual([acts(evidence), result], [predicted, { multiAz: true }]);
      await inStep(setMultiAz, { ...west, on: true });
      assert.deepEqual(changes(), ['ModifyDBInstance']);
      assert.deepEqual((await inStep(setMultiAz, { ...west, on: false })).result, { multiAz: false });
    });

    it('wait until a backup has ended before they say that a replica can be promoted', async () => {
      const client = new RDSClient(range.at('west'));
      await client.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: 'orders-west', DBSnapshotIdentifier: 'by-hand' }));
      await inStep(rdsActivities(environment).awaitPromotable, west);
      const looks = range.gateway.calls().filter(({ action }) => action === 'DescribeDBInstances');
      assert.ok(looks.length > 1, 'it looked until the status was no longer backing-up');
      assert.deepEqual(changes(), ['CreateDBSnapshot']);
    });
  });

  describe('before a restore', () => {
    const asked = { region: 'west', engine: 'postgres', engineVersion: '18.1', instanceClass: 'db.m7g.large' };

    it('tell whether a region offers an instance class, and in how many zones', async () => {
      const { instanceClassOffered } = rdsActivities(environment);
      const offer = async (more: object) => (await inStep(instanceClassOffered, { ...asked, ...more })).result;
      assert.deepEqual(await offer({}), { instanceClass: 'db.m7g.large', offered: true, zones: 3, multiAz: true });
      assert.equal((await offer({ instanceClass: 'db.x9z.gigantic' })).offered, false);
      assert.equal((await offer({ engineVersion: '9.6' })).offered, false);
    });

    it('count one more instance against the quota of the region', async () => {
      const { result } = await inStep(rdsActivities(environment).databaseQuota, { region: 'west' });
      assert.deepEqual(result, { quota: 'DB instances (L-7B6409FD)', needed: 2, have: 40 });
    });

    it('tell whether a key can be used, and that one which is not there cannot', async () => {
      const { keyUsable } = kmsActivities(environment);
      const client = new KMSClient(range.at('west'));
      const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
      const keyId = KeyMetadata!.Arn!;
      const look = async (region: string, id = keyId) => (await inStep(keyUsable, { region, keyId: id })).result;
      assert.deepEqual(await look('west'), { keyId, usable: true, state: 'Enabled' });
      await client.send(new DisableKeyCommand({ KeyId: KeyMetadata!.KeyId! }));
      assert.deepEqual(await look('west'), { keyId, usable: false, state: 'Disabled' });
      const elsewhere = '00000000-0000-0000-0000-000000000000';
      assert.deepEqual(await look('east', elsewhere), { keyId: elsewhere, usable: false, state: 'not there' });
      assert.ok(range.gateway.calls().every(({ action, stateChanging }) => action !== 'DescribeKey' || !stateChanging));
    });

    it('count what customers hold an acknowledgement for since a time', async () => {
      receipts.push({ id: 'a', at: '2026-11-21T03:00:01.000Z' }, { id: 'b', at: '2026-11-21T03:00:05.000Z' });
      const { acknowledgedSince } = httpProbeActivities(environment);
      const since = async (at: string) => (await inStep(acknowledgedSince, { service: 'shop', since: at })).result;
      assert.deepEqual(await since('2026-11-21T03:00:02.000Z'), { count: 1, newest: '2026-11-21T03:00:05.000Z' });
      assert.deepEqual(await since('2026-11-21T04:00:00.000Z'), { count: 0, newest: null });
    });
  });
});
