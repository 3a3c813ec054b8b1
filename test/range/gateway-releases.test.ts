import assert from 'node:assert/strict';
import {
  AutoScalingClient,
  CancelInstanceRefreshCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeInstanceRefreshesCommand,
  SetDesiredCapacityCommand,
  StartInstanceRefreshCommand,
} from '@aws-sdk/client-auto-scaling';
import { DescribeLaunchTemplateVersionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { launchTemplateActivities } from '../../src/activities/aws/launch-templates.ts';
import type { Environment } from '../../src/config/environment.ts';
import { releases } from '../../src/range/shop/releases.ts';
import { environmentWith } from '../activities/environment.ts';
import { failureOf, inStep } from '../activities/in-step.ts';
import { practice, until, type Practice } from './gateway-clients.ts';

describe('the gateway plays releases', () => {
  let range: Practice;
  let scaling: AutoScalingClient;
  let environment: Environment;
  before(async () => {
    range = await practice();
    scaling = new AutoScalingClient(range.at('east'));
    const { endpoints, secret } = range.gateway;
    environment = environmentWith({ AWS_GLOBAL: endpoints.global, AWS_EAST: endpoints.east, AWS_WEST: endpoints.west, AWS_SECRET: secret });
  });
  after(() => range.gateway.stop());

  const group = { AutoScalingGroupName: 'shop-east' };
  const refresh = (Version: string, LaunchTemplateName = 'shop-east') =>
    scaling.send(
      new StartInstanceRefreshCommand({
        ...group,
        DesiredConfiguration: { LaunchTemplate: { LaunchTemplateName, Version } },
        Preferences: { SkipMatching: true },
      }),
    );
  const latest = async () => (await scaling.send(new DescribeInstanceRefreshesCommand(group))).InstanceRefreshes![0]!;
  const ended = () => until(latest, ({ Status }) => ['Successful', 'Cancelled', 'Failed'].includes(Status!));
  const versions = async () => {
    const found = await scaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ['shop-east'] }));
    const { LaunchTemplate, Instances } = found.AutoScalingGroups![0]!;
    return [LaunchTemplate!.Version, Instances!.map((instance) => instance.LaunchTemplate!.Version).join('')];
  };
  const changes = () =>
    range.gateway
      .calls()
      .filter(({ stateChanging }) => stateChanging)
      .map(({ action }) => action);
  const east = { service: 'shop', region: 'east' };
  const pinned = ({ version, name }: { version: string; name: string }) => {
    const [image, digest] = name.split('@') as [string, string];
    return { ...east, revision: version, image, digest };
  };
  /** Rollouts do not go on before `release` is called. */
  const holdRollouts = () => {
    const { replace } = range.estate;
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    range.estate.replace = async (...asked) => {
      await held;
      return replace(...asked);
    };
    return () => {
      range.estate.replace = replace;
      release();
    };
  };
  const tools = () => launchTemplateActivities(environment);

  it('keeps releases as versions of a launch template, with image, digest and schema on their instances', async () => {
    const ec2 = new EC2Client(range.at('east'));
    const found = await ec2.send(new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName: 'shop-east' }));
    assert.deepEqual(
      found.LaunchTemplateVersions!.map(({ VersionNumber, LaunchTemplateData }) => [
        VersionNumber,
        LaunchTemplateData!.TagSpecifications![0]!.Tags!.map(({ Value }) => Value),
      ]),
      [
        [1, [releases.former.name, '1']],
        [2, [releases.usual.name, '1']],
      ],
    );
  });

  it('replaces instances a few at a time, and the group keeps the version afterwards', async () => {
    range.estate.done.length = 0;
    const goOn = holdRollouts();
    await refresh('1');
    await assert.rejects(refresh('2'), { name: 'InstanceRefreshInProgressFault', message: /already in progress/ });
    goOn();
    const { Status, DesiredConfiguration, StartTime, EndTime } = await ended();
    assert.equal(Status, 'Successful');
    assert.equal(DesiredConfiguration!.LaunchTemplate!.Version, '1');
    assert.ok(StartTime! < EndTime!);
    assert.deepEqual(range.estate.done, ['replace 2 of shop-east by version 1', 'replace 1 of shop-east by version 1']);
    assert.deepEqual(await versions(), ['1', '111']);
    await scaling.send(new SetDesiredCapacityCommand({ ...group, DesiredCapacity: 4 }));
    assert.deepEqual(await versions(), ['1', '1111']);
  });

  it('skips what matches already, and stops in the middle when it is told to', async () => {
    range.estate.done.length = 0;
    await refresh('1');
    await ended();
    assert.deepEqual(range.estate.done, []);
    const goOn = holdRollouts();
    await refresh('2');
    await scaling.send(new CancelInstanceRefreshCommand(group));
    goOn();
    assert.equal((await ended()).Status, 'Cancelled');
    const [configured, running] = await versions();
    assert.deepEqual([configured, running!.length, running!.includes('1')], ['1', 4, true]);
    await assert.rejects(scaling.send(new CancelInstanceRefreshCommand(group)), { name: 'ActiveInstanceRefreshNotFoundFault' });
  });

  it('refuses a version that the template does not have, and a group that is not there', async () => {
    await assert.rejects(refresh('9'), { name: 'ValidationError', message: /Could not find version 9/ });
    await assert.rejects(scaling.send(new StartInstanceRefreshCommand({ AutoScalingGroupName: 'nobody' })), { name: 'ValidationError' });
  });

  describe('to the tools of launch templates, which', () => {
    before(async () => {
      await inStep(tools().rollOutVersion, pinned(releases.former));
    });
    beforeEach(() => {
      range.gateway.clearCalls();
      range.gateway.healFaults();
    });

    it('tell what runs, what could run, and what was rolled out when', async () => {
      const { result } = await inStep(tools().describeReleases, east);
      assert.deepEqual(
        [result.wanted.image, result.wanted.revision, result.wanted.schema, result.underWay],
        ['shop:1.3.0', '1', '1', null],
      );
      assert.deepEqual(
        result.releases.map(({ revision, image }) => [revision, image]),
        [
          ['2', 'shop:1.4.0'],
          ['1', 'shop:1.3.0'],
        ],
      );
      assert.equal(new Set(result.instances.map(({ digest }) => digest)).size, 1);
      assert.match(result.events[0]!, /rollout of version 1: Successful, 100 %/);
    });

    it('roll a pinned version out once, predict that very call, and adopt what runs already', async () => {
      const dry = await inStep(tools().rollOutVersion, pinned(releases.usual), { mode: 'simulate' });
      assert.deepEqual(changes(), []);
      const { result, evidence, predicted } = await inStep(tools().rollOutVersion, pinned(releases.usual));
      assert.deepEqual([result.revision, result.instances], ['2', 4]);
      const acts = evidence.filter(({ kind }) => kind === 'change').map(({ call, args }) => ({ call, args }));
      assert.deepEqual([acts, dry.predicted], [predicted, predicted]);
      await inStep(tools().rollOutVersion, pinned(releases.usual));
      assert.deepEqual(changes(), ['StartInstanceRefresh']);
      await inStep(tools().proveVersion, pinned(releases.usual));
      const { name } = await failureOf(inStep(tools().proveVersion, pinned(releases.former)));
      assert.equal(name, 'Permanent');
    });

    it('roll out once although the answer is lost, and adopt a rollout of the same version that is under way', async () => {
      range.gateway.fault({ kind: 'aws', how: 'reset', when: 'after', action: 'StartInstanceRefresh' });
      await inStep(tools().rollOutVersion, pinned(releases.former));
      assert.deepEqual(changes(), ['StartInstanceRefresh']);
      const goOn = holdRollouts();
      await refresh('2');
      const adopting = inStep(tools().rollOutVersion, pinned(releases.usual));
      await until(
        () => range.gateway.calls().slice(-1)[0],
        (last) => last?.action === 'DescribeInstanceRefreshes',
      );
      goOn();
      await adopting;
      assert.deepEqual(changes(), ['StartInstanceRefresh', 'StartInstanceRefresh']);
    });

    it('refuse a version that does not hold the digest that people approved, and one that another rollout stands in the way of', async () => {
      const wrong = { ...pinned(releases.former), digest: releases.bad.name.split('@')[1]! };
      assert.equal((await failureOf(inStep(tools().rollOutVersion, wrong))).name, 'RefusedBySafetyRule');
      const goOn = holdRollouts();
      await refresh('1');
      const { name, message } = await failureOf(inStep(tools().rollOutVersion, pinned(releases.usual)));
      assert.deepEqual([name, message], ['Permanent', 'a rollout of version 1 is under way: stop it first']);
      const stopping = inStep(tools().stopRefresh, east);
      await until(changes, (made) => made.includes('CancelInstanceRefresh'));
      goOn();
      await stopping;
      await inStep(tools().stopRefresh, east);
      await inStep(tools().rollOutVersion, pinned(releases.usual));
      assert.deepEqual(changes(), ['StartInstanceRefresh', 'CancelInstanceRefresh', 'StartInstanceRefresh']);
    });

    it('give up at once, instead of fighting, when something else is rolled out over theirs', async () => {
      const goOn = holdRollouts();
      const going = failureOf(inStep(tools().rollOutVersion, pinned(releases.former)));
      await until(changes, (made) => made.includes('StartInstanceRefresh'));
      await scaling.send(new CancelInstanceRefreshCommand(group));
      goOn();
      await until(
        () => refresh('2').catch(() => undefined),
        (started) => started !== undefined,
      );
      const { name, message } = await going;
      assert.equal(name, 'Permanent');
      assert.match(message, /hold the deliveries|has not ended well/);
    });
  });
});
