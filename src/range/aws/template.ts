import type { RequestLaunchTemplateData } from '@aws-sdk/client-ec2';
import type { Release } from '../shop/releases.ts';

/** A version of the shop's launch template: its instances carry their release, and the schema that it is made for, as tags. */
export function templateOf({ name, schema }: Release): { VersionDescription: string; LaunchTemplateData: RequestLaunchTemplateData } {
  const Tags = [
    { Key: 'release', Value: name },
    { Key: 'schema', Value: schema },
  ];
  return {
    VersionDescription: name.split('@')[0]!,
    LaunchTemplateData: {
      ImageId: 'ami-0a1b2c3d4e5f60718',
      InstanceType: 'm7g.large',
      TagSpecifications: [{ ResourceType: 'instance', Tags }],
    },
  };
}
