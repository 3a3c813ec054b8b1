import { randomUUID } from 'node:crypto';
import { UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateVersionCommand, DescribeLaunchTemplateVersionsCommand } from '@aws-sdk/client-ec2';
import type { RegionName } from '../contract.ts';
import type { Estate } from '../estate.ts';
import { releases, type Release } from '../shop/releases.ts';
import { Refusal } from './answers.ts';
import type { Moto } from './moto.ts';
import { templateOf } from './template.ts';

/** An instance refresh: the instances of a group are replaced, a few at a time, by ones of a version of its launch template. */
export interface Refresh {
  id: string;
  group: string;
  template: string;
  version: string;
  status: 'InProgress' | 'Successful' | 'Cancelling' | 'Cancelled' | 'Failed';
  reason?: string;
  startedAt: Date;
  endedAt?: Date;
  left: number;
  total: number;
}

/** What rolls releases out to the groups of the shop. */
export interface Rollouts {
  /** Newest first. */
  of(group: string): Refresh[];
  /** Version of the launch template that new instances of a group get. */
  version(group: string): string;
  /** Version that a group has, or gets by the refresh that is under way. */
  heading(group: string): string;
  /** Replaces what is not of that version; refused while another refresh of the group is under way. */
  start(region: RegionName, wish: { group: string; template: string; version: string; all: boolean }): Refresh;
  /** The group stays with the version that it had; instances that were replaced stay as they are. */
  cancel(group: string): Refresh;
  /** Makes the version of the launch template that brings a release, unless it is there. */
  publish(region: RegionName, release: Release): Promise<void>;
}

const atOnce = 2;

/** Rolls out on the instances of an estate; `log` hears of what failed. */
export function createRollouts(moto: Moto, estate: Estate, log: (line: string) => void): Rollouts {
  const refreshes: Refresh[] = [];
  const configured = new Map<string, string>();
  const of = (group: string) => refreshes.filter((one) => one.group === group);
  const active = (group: string) => of(group).find(({ status }) => status === 'InProgress' || status === 'Cancelling');
  const version = (group: string) => configured.get(group) ?? releases.usual.version;

  const heading = (group: string) => of(group).find(({ status }) => status === 'InProgress')?.version ?? version(group);
  const configure = (group: string, to: string) => {
    configured.set(group, to);
    estate.setRelease(group, to);
  };

  async function carryOut(region: RegionName, refresh: Refresh, all: boolean): Promise<void> {
    const { group } = refresh;
    const instances = estate.capacity(group)?.instances ?? [];
    const old = instances.filter(({ release }) => all || release?.version !== refresh.version).map(({ id }) => id);
    refresh.total = refresh.left = old.length;
    while (refresh.status === 'InProgress' && refresh.left > 0) {
      await estate.replace(group, old.splice(0, atOnce), refresh.version);
      refresh.left = old.length;
    }
    if (refresh.status === 'Cancelling') {
      refresh.status = 'Cancelled';
      return;
    }
    const LaunchTemplate = { LaunchTemplateName: refresh.template, Version: refresh.version };
    // With a capacity of its own moto would start instances that nobody has.
    const update = new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: group, LaunchTemplate, DesiredCapacity: 0 });
    await moto.regions[region].autoScaling.send(update);
    configure(group, refresh.version);
    refresh.status = 'Successful';
  }

  return {
    ...{ of, version, heading },
    start: (region, { group, template, version: to, all }) => {
      const other = active(group);
      if (other)
        throw new Refusal('InstanceRefreshInProgress', `An Instance Refresh is already in progress: ${other.id} is ${other.status}.`);
      const refresh: Refresh = {
        ...{ id: randomUUID(), group, template, version: to, status: 'InProgress', startedAt: new Date(), left: 0, total: 0 },
      };
      refreshes.unshift(refresh);
      // What the group launches meanwhile is of the new version too.
      estate.setRelease(group, to);
      carryOut(region, refresh, all)
        .catch((error: unknown) => {
          refresh.status = refresh.status === 'Cancelling' ? 'Cancelled' : 'Failed';
          refresh.reason = String(error);
          log(`the rollout of version ${to} to ${group} failed: ${refresh.reason}`);
        })
        .finally(() => {
          refresh.endedAt = new Date();
          if (refresh.status !== 'Successful') estate.setRelease(group, version(group));
        });
      return refresh;
    },
    cancel: (group) => {
      const refresh = active(group);
      if (!refresh) throw new Refusal('ActiveInstanceRefreshNotFound', 'No in progress or pending Instance Refresh found for the group.');
      refresh.status = 'Cancelling';
      return refresh;
    },
    publish: async (region, release) => {
      const { ec2 } = moto.regions[region];
      const LaunchTemplateName = `shop-${region}`;
      const known = await ec2.send(new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName }));
      if (known.LaunchTemplateVersions!.some(({ VersionNumber }) => String(VersionNumber) === release.version)) return;
      await ec2.send(new CreateLaunchTemplateVersionCommand({ LaunchTemplateName, ...templateOf(release) }));
    },
  };
}
