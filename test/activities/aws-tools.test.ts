import assert from 'node:assert/strict';
import { autoscalingActivities } from '../../src/activities/aws/autoscaling.ts';
import { ec2Activities } from '../../src/activities/aws/ec2.ts';
import { loadBalancerActivities } from '../../src/activities/aws/load-balancer.ts';
import { rdsActivities } from '../../src/activities/rds/databases.ts';
import { route53Activities } from '../../src/activities/traffic/route53.ts';
import { stsActivities } from '../../src/activities/aws/sts.ts';
import type { EvidenceEntry, PredictedCall } from '../../src/record/evidence.ts';
import type { Environment } from '../../src/config/environment.ts';
import { practice, type Practice } from '../range/gateway-clients.ts';
import { environmentWith } from './environment.ts';
import { failureOf, inStep } from './in-step.ts';
import { smallServer, type SmallServer } from './small-server.ts';

describe('the AWS tools', () => {
  let range: Practice;
  let shops: Record<'east' | 'west', SmallServer>;
  let environment: Environment;
  const ready = { east: true, west: true };

  before(async () => {
    range = await practice();
    const shop = (region: 'east' | 'west') =>
      smallServer(({ path }) => (path === '/health/ready' && ready[region] ? { status: 200, body: { ready: true } } : { status: 503 }));
    shops = { east: await shop('east'), west: await shop('west') };
    const { endpoints, secret } = range.gateway;
    environment = environmentWith({
      ...{ AWS_GLOBAL: endpoints.global, AWS_EAST: endpoints.east, AWS_WEST: endpoints.west, AWS_SECRET: secret },
      ...{ SHOP_EAST: shops.east.url, SHOP_WEST: shops.west.url },
      ...{ PG_EAST: 'postgres://muster:not-used@127.0.0.1:5401/orders', PG_WEST: 'postgres://muster:not-used@127.0.0.1:5402/orders' },
    });
  });
  after(async () => {
    await Promise.all([range?.gateway.stop(), shops?.east.stop(), shops?.west.stop()]);
  });
  beforeEach(() => {
    range.gateway.clearCalls();
    range.gateway.healFaults();
    Object.assign(ready, { east: true, west: true });
  });

  const changes = () =>
    range.gateway
      .calls()
      .filter(({ stateChanging }) => stateChanging)
      .map(({ action }) => action);
  const acts = (evidence: EvidenceEntry[]): PredictedCall[] =>
    evidence.filter(({ kind }) => kind === 'change').map(({ call, args }) => ({ call, args }));
  const west = { database: 'orders', region: 'west' };
  const east = { database: 'orders', region: 'east' };
  const shopWest = { service: 'shop', region: 'west' };

  describe('of Route 53', () => {
    const weights = async () =>
      Object.fromEntries(
        (await inStep(route53Activities(environment).readRecordSets, { dns: 'shop' })).result.map(({ region, weight }) => [region, weight]),
      );

    it('read the records of a service', async () => {
      const { result } = await inStep(route53Activities(environment).readRecordSets, { dns: 'shop' });
      assert.deepEqual(result, [
        { region: 'east', set: 'east', weight: 100, value: 'east.lb.practice.example.', ttl: 1 },
        { region: 'west', set: 'west', weight: 0, value: 'west.lb.practice.example.', ttl: 1 },
      ]);
    });

    it('predict exactly the one batch that they then send, with the operation in its comment', async () => {
      const { shiftTraffic } = route53Activities(environment);
      const asked = { dns: 'shop', weights: { east: 66, west: 34 } };
      const dry = await inStep(shiftTraffic, asked, { mode: 'simulate' });
      assert.deepEqual([changes(), await weights()], [[], { east: 100, west: 0 }]);
      const { predicted, evidence, result } = await inStep(shiftTraffic, asked);
      assert.deepEqual(acts(evidence), predicted);
      assert.deepEqual(dry.predicted, predicted);
      assert.match(JSON.stringify(predicted), /"Comment":"muster [0-9a-f]{32}"/);
      assert.deepEqual([result.weights, await weights(), changes()], [asked.weights, asked.weights, ['ChangeResourceRecordSets']]);
      assert.ok(evidence.some(({ call }) => call === 'route53:GetChange'));
    });

    it('change nothing when it is so already', async () => {
      await inStep(route53Activities(environment).shiftTraffic, { dns: 'shop', weights: { east: 66, west: 34 } });
      assert.deepEqual(changes(), []);
    });

    it('send a batch once when its answer is lost, and again when it never arrived', async () => {
      const { shiftTraffic } = route53Activities(environment);
      range.gateway.fault({ kind: 'aws', how: 'reset', when: 'after', action: 'ChangeResourceRecordSets' });
      await inStep(shiftTraffic, { dns: 'shop', weights: { east: 50, west: 50 } });
      assert.equal(changes().length, 1);
      range.gateway.fault({ kind: 'aws', how: 'throttle', when: 'before', action: 'ChangeResourceRecordSets' });
      const { name } = await failureOf(inStep(shiftTraffic, { dns: 'shop', weights: { east: 0, west: 100 } }));
      assert.equal(name, 'Transient');
      await inStep(shiftTraffic, { dns: 'shop', weights: { east: 0, west: 100 } });
      assert.deepEqual(await weights(), { east: 0, west: 100 });
    });

    it('refuse to leave the name without an answer', async () => {
      const { shiftTraffic } = route53Activities(environment);
      const refused = async (asked: Record<string, number>) =>
        (await failureOf(inStep(shiftTraffic, { dns: 'shop', weights: asked }))).name;
      assert.equal(await refused({ east: 0, west: 0 }), 'RefusedBySafetyRule');
      ready.east = false;
      assert.equal(await refused({ east: 100, west: 0 }), 'RefusedBySafetyRule');
      ready.east = true;
      assert.equal(await refused({ east: 101, west: 0 }), 'InvalidInput');
      assert.equal(await refused({ north: 100 }), 'InvalidInput');
      assert.deepEqual([changes(), await weights()], [[], { east: 0, west: 100 }]);
    });

    it('know which region the database record names, also when that region is lost', async () => {
      const { readDatabaseRecord } = route53Activities(environment);
      assert.deepEqual((await inStep(readDatabaseRecord, { database: 'orders' })).result, { region: 'east', value: '0 0 5401 127.0.0.1.' });
      await range.gateway.loseRegion('east');
      assert.equal((await inStep(readDatabaseRecord, { database: 'orders' })).result.region, 'east');
      await range.gateway.healRegion('east');
    });

    it('do not point the service at a replica', async () => {
      const { name } = await failureOf(inStep(route53Activities(environment).pointDatabaseRecord, west));
      assert.deepEqual([name, changes()], ['RefusedBySafetyRule', []]);
    });
  });

  describe('of capacity', () => {
    it('size a group and wait until its instances are in service and healthy', async () => {
      const { setCapacity, readCapacity } = autoscalingActivities(environment);
      assert.deepEqual((await inStep(readCapacity, shopWest)).result, { desired: 1, min: 1, max: 6, inService: 1, suspended: false });
      const { result, evidence, predicted } = await inStep(setCapacity, { ...shopWest, desired: 3 });
      assert.deepEqual(result, { desired: 3, inService: 3 });
      assert.deepEqual(acts(evidence), predicted);
      const { awaitHealthyTargets } = loadBalancerActivities(environment);
      assert.deepEqual((await inStep(awaitHealthyTargets, { ...shopWest, count: 3 })).result, { healthy: 3, total: 3, reasons: [] });
    });

    it('refuse a size that the group does not allow', async () => {
      const { name, message } = await failureOf(inStep(autoscalingActivities(environment).setCapacity, { ...shopWest, desired: 7 }));
      assert.deepEqual([name, message], ['InvalidInput', 'shop-west allows 1 to 6 instances, not 7']);
    });

    it('keep a minimum without forbidding more instances, and give back what was', async () => {
      const { suspendScaling, resumeScaling, readCapacity } = autoscalingActivities(environment);
      const suspended = async () => (await inStep(readCapacity, shopWest)).result.suspended;
      const { predicted } = await inStep(suspendScaling, { ...shopWest, min: 3 }, { mode: 'simulate' });
      assert.deepEqual(
        predicted.map(({ call }) => call),
        ['autoscaling:UpdateAutoScalingGroup', 'autoscaling:SuspendProcesses'],
      );
      assert.ok(!JSON.stringify(predicted).includes('AlarmNotification'), 'alarms may start more');
      await inStep(suspendScaling, { ...shopWest, min: 3 });
      const held = (await inStep(readCapacity, shopWest)).result;
      assert.deepEqual([held.suspended, held.min, held.desired], [true, 3, 3]);
      await inStep(resumeScaling, { ...shopWest, min: 1 });
      const { min } = (await inStep(readCapacity, shopWest)).result;
      const made = ['UpdateAutoScalingGroup', 'SuspendProcesses', 'UpdateAutoScalingGroup', 'ResumeProcesses'];
      assert.deepEqual([await suspended(), min, changes()], [false, 1, made]);
    });

    it('say why targets are not healthy', async () => {
      const instance = range.estate.groups.get('shop-west')!.instances[0]!;
      Object.assign(instance, { ready: false, reason: 'Health checks failed with these codes: [503]' });
      const { result } = await inStep(loadBalancerActivities(environment).targetHealth, shopWest);
      assert.deepEqual(result, { healthy: 2, total: 3, reasons: ['Health checks failed with these codes: [503]'] });
      instance.ready = true;
    });

    it('tell what EC2 says about the instances, and whether the quota allows as many as are needed', async () => {
      const { instanceStatus, quotas } = ec2Activities(environment);
      assert.deepEqual((await inStep(instanceStatus, shopWest)).result, { total: 3, ok: 3, impaired: [] });
      const [quota] = (await inStep(quotas, { ...shopWest, needed: 3 })).result;
      assert.match(quota!.quota, /L-1216C47A/);
      assert.deepEqual([quota!.needed, quota!.have], [6, 64]);
    });

    it('know who they are', async () => {
      const { result } = await inStep(stsActivities(environment).callerIdentity, { region: 'west' });
      assert.match(result.arn, new RegExp(`^arn:aws:.*${result.account}`));
    });
  });

  describe('of RDS', () => {
    it('describe a primary and its replica, and a lost region without throwing', async () => {
      const { describeDatabase, replicaLag } = rdsActivities(environment);
      const primary = (await inStep(describeDatabase, east)).result;
      assert.deepEqual([primary.role, primary.status, primary.backupRetentionDays, primary.port], ['primary', 'available', 7, 5401]);
      const replica = (await inStep(describeDatabase, west)).result;
      assert.deepEqual([replica.role, replica.source, replica.parameterGroup], ['replica', primary.arn, primary.parameterGroup]);
      assert.equal((await inStep(replicaLag, west)).result.ms, 1_250);
      await range.gateway.loseRegion('east');
      const lost = (await inStep(describeDatabase, east)).result;
      assert.deepEqual([lost.reachable, lost.role], [false, 'unknown']);
      await range.gateway.healRegion('east');
    });

    it('take a snapshot once, adopt only their own, and list it', async () => {
      const { snapshotDatabase, listSnapshots } = rdsActivities(environment);
      const asked = { ...east, label: 'before-failover' };
      const { result, evidence, predicted } = await inStep(snapshotDatabase, asked);
      assert.equal(result.snapshot, 'orders-east-before-failover');
      assert.deepEqual(acts(evidence), predicted);
      await inStep(snapshotDatabase, asked);
      assert.deepEqual(changes(), ['CreateDBSnapshot']);
      const { name } = await failureOf(inStep(snapshotDatabase, asked, { runId: 'run-2', activityType: 'another' }));
      assert.equal(name, 'Permanent');
      const listed = (await inStep(listSnapshots, east)).result;
      assert.deepEqual(
        listed.flatMap(({ id, status, operation }) => (operation === null ? [] : [[id, status]])),
        [[result.snapshot, 'available']],
      );
    });

    it('promote a replica once, though the answer is lost, and prove that it is available', async () => {
      const { promoteDatabase } = rdsActivities(environment);
      range.gateway.fault({ kind: 'aws', how: 'reset', when: 'after', action: 'PromoteReadReplica' });
      const { result, evidence, predicted } = await inStep(promoteDatabase, west);
      assert.deepEqual([result, changes()], [{ instance: 'orders-west' }, ['PromoteReadReplica']]);
      assert.deepEqual(acts(evidence), predicted);
      assert.deepEqual(
        range.estate.done.filter((line) => line.startsWith('promote')),
        ['promote orders-west'],
      );
    });

    it('adopt a promotion that has happened, and predict it in simulate all the same', async () => {
      const { promoteDatabase } = rdsActivities(environment);
      const { evidence } = await inStep(promoteDatabase, west, { attempt: 2 });
      assert.ok(evidence.some(({ outcome }) => outcome.startsWith('already so: orders-west is a primary')));
      const { predicted } = await inStep(promoteDatabase, west, { mode: 'simulate' });
      assert.deepEqual([predicted.map(({ call }) => call), changes()], [['rds:PromoteReadReplica'], []]);
    });

    it('turn the backups of a new primary on', async () => {
      const { protectDatabase } = rdsActivities(environment);
      const { result, evidence, predicted } = await inStep(protectDatabase, west);
      assert.ok(result.backupRetentionDays >= 7);
      assert.deepEqual(acts(evidence), predicted);
    });

    it('point the service at the new primary', async () => {
      const { pointDatabaseRecord, readDatabaseRecord } = route53Activities(environment);
      const { result, evidence, predicted } = await inStep(pointDatabaseRecord, west);
      assert.deepEqual(acts(evidence), predicted);
      assert.deepEqual(
        [result, (await inStep(readDatabaseRecord, { database: 'orders' })).result],
        Array(2).fill({ region: 'west', value: '0 0 5402 127.0.0.1.' }),
      );
    });

    it('set the old primary aside and build a replica under its name', async () => {
      const { setAsideDatabase, createReplica, describeDatabase } = rdsActivities(environment);
      const taken = await failureOf(inStep(createReplica, { ...east, of: 'west' }));
      assert.match(taken.message, /set it aside first/);
      const aside = await inStep(setAsideDatabase, east);
      assert.match(aside.result.aside, /^orders-east-aside-[0-9a-f]{8}$/);
      await inStep(setAsideDatabase, east);
      const built = await inStep(createReplica, { ...east, of: 'west' });
      assert.deepEqual([acts(aside.evidence), acts(built.evidence)], [aside.predicted, built.predicted]);
      const { role, source, status } = (await inStep(describeDatabase, east)).result;
      assert.deepEqual([role, status, source?.endsWith(':db:orders-west')], ['replica', 'available', true]);
      await inStep(createReplica, { ...east, of: 'west' });
      assert.deepEqual(changes(), ['ModifyDBInstance', 'CreateDBInstanceReadReplica']);
    });

    it('never promote blindly: when it cannot be read whether it happened, a person is asked', async () => {
      const { promoteDatabase } = rdsActivities(environment);
      // The request is lost, and with it the region.
      range.gateway.fault({ kind: 'aws', how: 'reset', when: 'before', action: 'PromoteReadReplica' });
      const running = inStep(promoteDatabase, east, {
        onStart: () => {
          const timer = setInterval(() => {
            if (!range.gateway.calls().some(({ action }) => action === 'PromoteReadReplica')) return;
            clearInterval(timer);
            void range.gateway.loseRegion('east');
          }, 1);
        },
      });
      const { name, nonRetryable } = await failureOf(running);
      assert.deepEqual([name, nonRetryable], ['UnknownOutcome', true]);
      await range.gateway.healRegion('east');
    });
  });
});
