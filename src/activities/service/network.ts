import { lookup } from 'node:dns/promises';
import { connect } from 'node:net';
import { DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeInstancesCommand, DescribeNetworkAclsCommand, DescribeSecurityGroupsCommand } from '@aws-sdk/client-ec2';
import type { Environment } from '../../config/environment.ts';
import { type Aws, createAws, type ServiceRegion } from '../aws/index.ts';
import { groupsOf, named, read, resolved, sentenceOf } from '../kit/index.ts';
import { duration } from '../../words/durations.ts';

/** One way on which a service is reached, from here. */
export interface Way {
  name: string;
  address: string;
  /** `name` when it is not found, `connection` when nothing takes it, null when it works. */
  endsAt: 'name' | 'connection' | null;
  detail: string;
}

export interface Rule {
  /** Security group or network ACL. */
  where: string;
  detail: string;
}

const connectMs = 3_000;

/** The network between people and a service: names, connections, and on AWS the rules in between. Reads only. */
export function networkActivities(environment: Environment, aws: Aws = createAws(environment)) {
  const portOf = async ({ service, region }: ServiceRegion): Promise<number> => {
    const { url } = named(named(environment.services, service, 'service').regions, region, 'region');
    return portIn(new URL(resolved(url)));
  };

  return {
    /** Goes to each address that the environment knows of the service: is the name found, and does somebody take the connection. */
    readWays: read(async ({ service, region }: ServiceRegion): Promise<Way[]> => {
      const { regions, vantagePoints, customers } = named(environment.services, service, 'service');
      const { url } = named(regions, region, `service ${service} in the region`);
      const asked = [
        { name: 'as customers reach it', url: customers.url },
        { name: `in ${region} itself`, url },
        ...vantagePoints.map((point) => ({ name: point.name, url: point.url })),
      ];
      return Promise.all(asked.map((one) => go(one.name, new URL(resolved(one.url).replaceAll('{region}', encodeURIComponent(region))))));
    }),

    /** Security groups of its instances that let nobody in at its port, and network ACLs that deny it. Source: pynomaly-aws "Check AWS Services". */
    readNetworkRules: read(async (where: ServiceRegion): Promise<Rule[]> => {
      const names = [groupsOf(environment, where).autoScalingGroup];
      const port = await portOf(where);
      const group = await aws
        .client('autoscaling', where.region)
        .send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: names }));
      const ids = (group.AutoScalingGroups?.[0]?.Instances ?? []).flatMap(({ InstanceId }) => (InstanceId ? [InstanceId] : []));
      if (ids.length === 0) return [];
      const ec2 = aws.client('ec2', where.region);
      const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: ids.slice(0, 100) }));
      const instances = Reservations.flatMap(({ Instances = [] }) => Instances);
      const groups = [...new Set(instances.flatMap(({ SecurityGroups = [] }) => SecurityGroups.flatMap(({ GroupId }) => GroupId ?? [])))];
      const subnets = [...new Set(instances.flatMap(({ SubnetId }) => SubnetId ?? []))];
      const [secured, acls] = await Promise.all([
        groups.length === 0 ? undefined : ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: groups })),
        subnets.length === 0
          ? undefined
          : ec2.send(new DescribeNetworkAclsCommand({ Filters: [{ Name: 'association.subnet-id', Values: subnets }] })),
      ]);
      const all = secured?.SecurityGroups ?? [];
      const letIn = all.some(({ IpPermissions = [] }) => IpPermissions.some((rule) => covers(rule.FromPort, rule.ToPort, port)));
      const closed =
        letIn || all.length === 0 ? [] : [{ where: groups.join(', '), detail: `no security group lets anybody in at port ${port}` }];
      const denied = (acls?.NetworkAcls ?? []).flatMap(({ NetworkAclId = '', Entries = [] }) => {
        const first = Entries.filter(({ Egress, PortRange }) => !Egress && covers(PortRange?.From, PortRange?.To, port)).sort(
          (a, b) => (a.RuleNumber ?? 0) - (b.RuleNumber ?? 0),
        )[0];
        return first?.RuleAction === 'deny'
          ? [{ where: NetworkAclId, detail: `rule ${first.RuleNumber} denies port ${port} from ${first.CidrBlock ?? 'everywhere'}` }]
          : [];
      });
      return [...closed, ...denied];
    }),
  };
}

const portIn = ({ port, protocol }: URL): number => Number(port || (protocol === 'https:' ? 443 : 80));
/** A rule without ports is about all of them. */
const covers = (from: number | undefined, to: number | undefined, port: number): boolean =>
  from === undefined || from === -1 || (from <= port && port <= (to ?? from));

async function go(name: string, url: URL): Promise<Way> {
  const port = portIn(url);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const address = `${host}:${port}`;
  try {
    await lookup(host);
  } catch (error) {
    return { name, address, endsAt: 'name', detail: sentenceOf(error) };
  }
  const problem = await new Promise<string | null>((resolve) => {
    const socket = connect({ host, port, timeout: connectMs }, () => done(null));
    const done = (said: string | null) => {
      socket.destroy();
      resolve(said);
    };
    socket.once('timeout', () => done(`no answer within ${duration(connectMs)}`));
    socket.once('error', (error) => done(sentenceOf(error)));
  });
  return { name, address, endsAt: problem === null ? null : 'connection', detail: problem ?? 'somebody takes the connection' };
}
