import {
  CancelInstanceRefreshCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeInstanceRefreshesCommand,
  StartInstanceRefreshCommand,
  type AutoScalingGroup,
  type InstanceRefresh,
} from '@aws-sdk/client-auto-scaling';
import { DescribeLaunchTemplateVersionsCommand } from '@aws-sdk/client-ec2';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { ServiceRegion } from './autoscaling.ts';
import { createAws, type Aws } from './client.ts';
import { change, failure, groupsOf, othersThan, type Pinned, proof, read, type Running, until } from '../kit/index.ts';
import { releaseOf, resolvedVersion } from './template-versions.ts';

type Target = ServiceRegion & Pinned;

const patience = 12 * 60_000;
const active: readonly (string | undefined)[] = ['Pending', 'InProgress', 'Baking', 'Cancelling', 'RollbackInProgress'];

/** Releases of a service in an Auto Scaling group: versions of its launch template, brought out by instance refreshes. */
export function launchTemplateActivities(environment: Environment, aws: Aws = createAws(environment)) {
  const groupName = (where: ServiceRegion) => groupsOf(environment, where).autoScalingGroup;

  const readGroup = async (where: ServiceRegion): Promise<{ group: AutoScalingGroup; template: string }> => {
    const command = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [groupName(where)] });
    const [group] = (await aws.client('autoscaling', where.region).send(command)).AutoScalingGroups ?? [];
    const template = group?.LaunchTemplate?.LaunchTemplateName;
    if (!group || template === undefined)
      throw failure(Failure.Permanent, `${groupName(where)} in ${where.region} is not there, or has no launch template of its own`);
    return { group, template };
  };

  const describe = async (where: ServiceRegion): Promise<Running> => {
    // Rollouts first: one that ends meanwhile is then seen in the group, and is not taken for one that has never been.
    const { InstanceRefreshes = [] } = await aws
      .client('autoscaling', where.region)
      .send(new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: groupName(where), MaxRecords: 100 }));
    const { group, template } = await readGroup(where);
    const { LaunchTemplateVersions = [] } = await aws
      .client('ec2', where.region)
      .send(new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName: template }));
    const releases = LaunchTemplateVersions.map(releaseOf).sort((a, b) => Number(b.revision) - Number(a.revision));
    const configured = resolvedVersion(group.LaunchTemplate?.Version, LaunchTemplateVersions);
    const versionOf = (refresh: InstanceRefresh) => refresh.DesiredConfiguration?.LaunchTemplate?.Version ?? configured;
    const wanted = releases.find(({ revision }) => revision === configured);
    if (!wanted) throw failure(Failure.Permanent, `the launch template ${template} has no version ${configured}, which its group wants`);
    const digestOf = (version: string | undefined) => releases.find(({ revision }) => revision === version)?.digest ?? null;
    const underWay = InstanceRefreshes.find(({ Status }) => active.includes(Status));
    return {
      ...{ wanted, releases },
      rollouts: InstanceRefreshes.flatMap((refresh) => {
        const startedAt = refresh.StartTime?.toISOString();
        const id = refresh.InstanceRefreshId ?? '';
        return startedAt === undefined ? [] : [{ id, revision: versionOf(refresh), startedAt, state: refresh.Status ?? 'unknown' }];
      }),
      underWay: underWay ? versionOf(underWay) : null,
      instances: (group.Instances ?? []).map(({ InstanceId = '', LaunchTemplate, LifecycleState = '' }) => ({
        ...{ id: InstanceId, digest: digestOf(LaunchTemplate?.Version), state: LifecycleState },
      })),
      events: InstanceRefreshes.slice(0, 20).map((refresh) => wordsOf(refresh, versionOf(refresh))),
    };
  };

  const start = (asked: Target, template: string) =>
    new StartInstanceRefreshCommand({
      AutoScalingGroupName: groupName(asked),
      Strategy: 'Rolling',
      DesiredConfiguration: { LaunchTemplate: { LaunchTemplateName: template, Version: asked.revision } },
      // New instances are in service before old ones go: a rollback must not cost capacity.
      Preferences: { MinHealthyPercentage: 100, MaxHealthyPercentage: 150, SkipMatching: true, AutoRollback: false },
    });
  const cancel = (where: ServiceRegion) => new CancelInstanceRefreshCommand({ AutoScalingGroupName: groupName(where) });

  /** Throws when something else has been rolled out since, because asking for it again and again would only be a fight. */
  const seenOn = async (asked: Target, id: string | undefined) => {
    const seen = await describe(asked);
    const ours = seen.rollouts.findIndex((rollout) => (id === undefined ? rollout.revision === asked.revision : rollout.id === id));
    const later = seen.rollouts.slice(0, Math.max(0, ours)).find(({ revision }) => revision !== asked.revision);
    if (later)
      throw failure(Failure.Permanent, `version ${later.revision} has been rolled out over it at ${later.startedAt}: hold the deliveries`);
    if (ours >= 0 && seen.underWay === null && seen.rollouts[ours]!.state !== 'Successful')
      throw failure(Failure.Permanent, `its rollout has not ended well: ${seen.events[ours]}`);
    const others = othersThan(asked, seen);
    const done = seen.underWay === null && seen.wanted.revision === asked.revision && others.length === 0;
    return { done, on: seen.instances.length - others.length, of: seen.instances.length };
  };
  const running = (asked: Target, within: number, id?: string) =>
    until(
      async () => {
        const { done, on, of } = await seenOn(asked, id);
        const result = { revision: asked.revision, digest: asked.digest, instances: on };
        return done ? { is: result } : { notYet: `${on} of ${of} instances run it` };
      },
      { within, what: `${groupName(asked)} to run version ${asked.revision}` },
    );

  return {
    /** What a group runs, every version of its launch template, and its rollouts. */
    describeReleases: read(describe),

    /** Rolls a pinned version of the launch template out to every instance, and waits until all run it. */
    rollOutVersion: change({
      look: async (asked: Target) => {
        const [{ template }, seen] = await Promise.all([readGroup(asked), describe(asked)]);
        const everywhere = seen.wanted.revision === asked.revision && seen.underWay === null && othersThan(asked, seen).length === 0;
        const so = everywhere || seen.underWay === asked.revision;
        return { so, found: `${groupName(asked)} wants version ${seen.wanted.revision}`, template, seen };
      },
      predict: (asked, { template }) => ({
        calls: [aws.predicted('autoscaling', asked.region, start(asked, template))],
        result: { revision: asked.revision, digest: asked.digest, instances: 0 },
      }),
      refuse: ({ revision, digest }, { seen }) => {
        const holds = seen.releases.find((release) => release.revision === revision);
        if (!holds || holds.digest !== digest)
          throw failure(Failure.RefusedBySafetyRule, `version ${revision} does not hold ${digest ?? 'its image'} (any more)`);
        if (seen.underWay !== null) throw failure(Failure.Permanent, `a rollout of version ${seen.underWay} is under way: stop it first`);
      },
      act: async (asked, { template }) => (await aws.client('autoscaling', asked.region).send(start(asked, template))).InstanceRefreshId,
      prove: (asked, _found, id) => running(asked, patience, id),
    }),

    /** Stops a rollout that is under way; instances that it has replaced stay as they are. */
    stopRefresh: change({
      look: async (where: ServiceRegion) => {
        const { underWay } = await describe(where);
        return { so: underWay === null, found: underWay === null ? 'no rollout is under way' : `version ${underWay} is being rolled out` };
      },
      predict: (where) => ({ calls: [aws.predicted('autoscaling', where.region, cancel(where))], result: { stopped: true } }),
      act: async (where) => {
        await aws.client('autoscaling', where.region).send(cancel(where));
      },
      prove: (where) =>
        until(
          async () => {
            const { underWay } = await describe(where);
            return underWay === null ? { is: { stopped: true } } : { notYet: `version ${underWay} is still being rolled out` };
          },
          { within: patience, what: `the rollout in ${groupName(where)} to stop` },
        ),
    }),

    /** Checks that every instance still runs a version, by digest. */
    proveVersion: proof((asked: Target) => running(asked, 30_000)),
  };
}

function wordsOf({ StartTime, Status, StatusReason, PercentageComplete }: InstanceRefresh, version: string): string {
  return `${StartTime?.toISOString() ?? '?'} rollout of version ${version}: ${Status}, ${PercentageComplete ?? 0} %${StatusReason ? `, ${StatusReason}` : ''}`;
}
