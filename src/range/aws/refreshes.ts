import { DescribeLaunchTemplateVersionsCommand } from '@aws-sdk/client-ec2';
import { queryAnswer, Refusal } from './answers.ts';
import type { Handlers } from './call.ts';
import type { Moto } from './moto.ts';
import type { Refresh, Rollouts } from './rollouts.ts';
import { toXml } from './xml.ts';
import { regional } from './regional.ts';

/** Instance refreshes, which moto does not have: the instances of the shop are really replaced. */
export function refreshHandlers(moto: Moto, rollouts: Rollouts): Handlers {
  return {
    'autoscaling:StartInstanceRefresh': async (call) => {
      const region = regional(call);
      const group = call.form.get('AutoScalingGroupName') ?? '';
      const wish = 'DesiredConfiguration.LaunchTemplate';
      const template = call.form.get(`${wish}.LaunchTemplateName`) ?? group;
      const version = call.form.get(`${wish}.Version`) ?? rollouts.version(group);
      if (group !== `shop-${region}`) throw new Refusal('ValidationError', `AutoScalingGroup name not found - ${group}`);
      const known = await moto.regions[region].ec2.send(new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName: template }));
      if (!known.LaunchTemplateVersions!.some(({ VersionNumber }) => String(VersionNumber) === version)) {
        throw new Refusal('ValidationError', `You must use a valid fully-formed launch template. Could not find version ${version}.`);
      }
      const all = call.form.get('Preferences.SkipMatching') !== 'true';
      return queryAnswer(call, toXml({ InstanceRefreshId: rollouts.start(region, { group, template, version, all }).id }));
    },

    'autoscaling:CancelInstanceRefresh': async (call) =>
      queryAnswer(call, toXml({ InstanceRefreshId: rollouts.cancel(call.form.get('AutoScalingGroupName') ?? '').id })),

    'autoscaling:DescribeInstanceRefreshes': async (call) =>
      queryAnswer(call, toXml({ InstanceRefreshes: rollouts.of(call.form.get('AutoScalingGroupName') ?? '').map(description) })),
  };
}

function description({ id, group, template, version, status, reason, startedAt, endedAt, left, total }: Refresh) {
  return {
    InstanceRefreshId: id,
    AutoScalingGroupName: group,
    Status: status,
    StatusReason: reason,
    StartTime: startedAt,
    EndTime: endedAt,
    PercentageComplete: total === 0 ? 100 : Math.floor(((total - left) / total) * 100),
    InstancesToUpdate: left,
    DesiredConfiguration: { LaunchTemplate: { LaunchTemplateName: template, Version: version } },
  };
}
