import { CreateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DescribeSubnetsCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { CreateListenerCommand, CreateLoadBalancerCommand, CreateTargetGroupCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ChangeResourceRecordSetsCommand, CreateHostedZoneCommand, type ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { RegionName } from '../contract.ts';
import type { Estate } from '../estate.ts';
import { releases } from '../shop/releases.ts';
import type { Moto, RegionClients } from './moto.ts';
import { primary, seedDatabases, tags } from './seed-databases.ts';
import { templateOf } from './template.ts';

/** Names of the practice estate. */
export const zone = 'practice.example.';
export const shopName = `shop.${zone}`;
export const databaseName = `_postgres._tcp.orders.${zone}`;

/** Puts the practice estate into moto as AWS would know it; answers with the id of its hosted zone. */
export async function seed(moto: Moto, estate: Estate): Promise<string> {
  const [zoneId] = await Promise.all([
    seedRecords(moto, estate),
    seedDatabases(moto),
    seedShop(moto.regions.east, 'shop-east'),
    seedShop(moto.regions.west, 'shop-west'),
  ]);
  return zoneId;
}

async function seedRecords(moto: Moto, estate: Estate): Promise<string> {
  const port = estate.database(primary)?.port;
  if (port === undefined) throw new Error(`the estate has no database ${primary}`);
  const created = await moto.route53.send(new CreateHostedZoneCommand({ Name: zone, CallerReference: 'practice range' }));
  const weighted = (region: RegionName, weight: number): ResourceRecordSet => ({
    Name: shopName,
    Type: 'CNAME',
    TTL: 1,
    SetIdentifier: region,
    Weight: weight,
    ResourceRecords: [{ Value: `${region}.lb.${zone}` }],
  });
  const database: ResourceRecordSet = {
    Name: databaseName,
    Type: 'SRV',
    TTL: 1,
    ResourceRecords: [{ Value: `0 0 ${port} 127.0.0.1.` }],
  };
  const zoneId = created.HostedZone!.Id!;
  const records = [weighted('east', 100), weighted('west', 0), database];
  await moto.route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: zoneId,
      ChangeBatch: { Changes: records.map((record) => ({ Action: 'CREATE', ResourceRecordSet: record })) },
    }),
  );
  return zoneId;
}

async function seedShop({ ec2, loadBalancing, autoScaling }: RegionClients, name: string): Promise<void> {
  const [found] = await Promise.all([ec2.send(new DescribeSubnetsCommand({})), seedTemplate(ec2, name)]);
  const subnets = found.Subnets!.slice(0, 2).map((subnet) => subnet.SubnetId!);
  const group = { Name: name, Protocol: 'HTTP', Port: 8080, VpcId: found.Subnets![0]!.VpcId, HealthCheckPath: '/health/ready' } as const;
  const [targets, balancer] = await Promise.all([
    loadBalancing.send(new CreateTargetGroupCommand(group)),
    loadBalancing.send(new CreateLoadBalancerCommand({ Name: name, Subnets: subnets, Type: 'application' })),
  ]);
  const targetGroup = targets.TargetGroups![0]!.TargetGroupArn!;
  await Promise.all([
    loadBalancing.send(
      new CreateListenerCommand({
        LoadBalancerArn: balancer.LoadBalancers![0]!.LoadBalancerArn,
        Protocol: 'HTTP',
        Port: 80,
        DefaultActions: [{ Type: 'forward', TargetGroupArn: targetGroup }],
      }),
    ),
    autoScaling.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: name,
        LaunchTemplate: { LaunchTemplateName: name, Version: releases.usual.version },
        MinSize: 1,
        MaxSize: 6,
        // The estate has the real instances: moto must not invent its own.
        DesiredCapacity: 0,
        VPCZoneIdentifier: subnets.join(','),
        TargetGroupARNs: [targetGroup],
        Tags: tags.map((tag) => ({ ...tag, PropagateAtLaunch: true })),
      }),
    ),
  ]);
}

/** The launch template with the release that ran before, and the one that runs. */
async function seedTemplate(ec2: EC2Client, LaunchTemplateName: string): Promise<void> {
  await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName, ...templateOf(releases.former) }));
  await ec2.send(new CreateLaunchTemplateVersionCommand({ LaunchTemplateName, ...templateOf(releases.usual) }));
}
