import type { LaunchTemplateVersion } from '@aws-sdk/client-ec2';
import { type Release, splitImage } from '../kit/index.ts';

/** The release that a version of a launch template brings: the tag `release` of its instances names it, or else its AMI. */
export function releaseOf({ VersionNumber, CreateTime, LaunchTemplateData, VersionDescription }: LaunchTemplateVersion): Release {
  const tags = (LaunchTemplateData?.TagSpecifications ?? []).flatMap(({ ResourceType, Tags }) =>
    ResourceType === 'instance' ? (Tags ?? []) : [],
  );
  const tag = (name: string) => tags.find(({ Key }) => Key === name)?.Value;
  const named = tag('release');
  const machine = LaunchTemplateData?.ImageId;
  return {
    revision: String(VersionNumber ?? ''),
    ...(named !== undefined ? splitImage(named) : { image: VersionDescription ?? machine ?? 'unknown', digest: machine ?? null }),
    schema: tag('schema') ?? null,
    createdAt: CreateTime?.toISOString() ?? null,
  };
}

/** The number that a group's `$Latest`, `$Default` or missing version stands for at this moment. */
export function resolvedVersion(version: string | undefined, versions: readonly LaunchTemplateVersion[]): string {
  if (version === '$Latest') return String(Math.max(...versions.map(({ VersionNumber = 0 }) => VersionNumber)));
  if (version !== undefined && version !== '$Default') return version;
  return String(versions.find(({ DefaultVersion }) => DefaultVersion)?.VersionNumber ?? '');
}
