import { z } from 'zod';
import { type Finding, jsonOf, readProgram, sayNames } from './read-program.ts';

export interface AwsRegion {
  groups: { name: string; targetGroup: string | undefined }[];
  instances: { id: string; engine: string; replicaOf: string | undefined }[];
}

const caller = z.object({ Account: z.string(), Arn: z.string() });
const zoneList = z.object({
  HostedZones: z.array(z.object({ Name: z.string(), Config: z.object({ PrivateZone: z.boolean().optional() }).optional() })),
});
const groupList = z.object({
  AutoScalingGroups: z.array(z.object({ AutoScalingGroupName: z.string(), TargetGroupARNs: z.array(z.string()).default([]) })),
});
const instanceList = z.object({
  DBInstances: z.array(
    z.object({ DBInstanceIdentifier: z.string(), Engine: z.string(), ReadReplicaSourceDBInstanceIdentifier: z.string().nullish() }),
  ),
});

type Asked<T> = { data: T } | { problem: string };

async function ask<T>(schema: z.ZodType<T>, ...args: string[]): Promise<Asked<T>> {
  const said = await readProgram('aws', [...args, '--output', 'json', '--no-cli-pager'], 8_000);
  if ('problem' in said) return said;
  const parsed = schema.safeParse(jsonOf(said));
  return parsed.success ? { data: parsed.data } : { problem: 'answers nothing that can be read' };
}

/** Who we are in AWS, and its hosted zones; empty when nobody can be asked. */
export async function lookAtAccount(): Promise<{ known: boolean; zones: string[]; findings: Finding[] }> {
  const who = await ask(caller, 'sts', 'get-caller-identity');
  if ('problem' in who)
    return { known: false, zones: [], findings: [{ found: false, says: `aws ${who.problem}: nothing of AWS was looked at` }] };
  const listed = await ask(zoneList, 'route53', 'list-hosted-zones');
  const zones = 'data' in listed ? listed.data.HostedZones.filter(({ Config }) => Config?.PrivateZone !== true) : [];
  const names = zones.map(({ Name }) => Name);
  const sayZones =
    'problem' in listed
      ? { found: false, says: `hosted zones could not be looked at: aws ${listed.problem}` }
      : { found: names.length > 0, says: `Route 53 has the public zones: ${sayNames(names)}` };
  return {
    known: true,
    zones: names,
    findings: [{ found: true, says: `AWS knows us as ${who.data.Arn} in account ${who.data.Account}` }, sayZones],
  };
}

/** Auto Scaling groups and databases of one region of AWS. */
export async function lookAtRegion(region: string): Promise<AwsRegion & { findings: Finding[] }> {
  const [groups, instances] = await Promise.all([
    ask(groupList, 'autoscaling', 'describe-auto-scaling-groups', '--region', region),
    ask(instanceList, 'rds', 'describe-db-instances', '--region', region),
  ]);
  const foundGroups =
    'data' in groups
      ? groups.data.AutoScalingGroups.map(({ AutoScalingGroupName, TargetGroupARNs: [arn] }) => ({
          name: AutoScalingGroupName,
          targetGroup: /targetgroup\/([^/]+)\//.exec(arn ?? '')?.[1],
        }))
      : [];
  const foundInstances =
    'data' in instances
      ? instances.data.DBInstances.map(({ DBInstanceIdentifier, Engine, ReadReplicaSourceDBInstanceIdentifier }) => ({
          id: DBInstanceIdentifier,
          engine: Engine,
          replicaOf: ReadReplicaSourceDBInstanceIdentifier ?? undefined,
        }))
      : [];
  const say = (what: string, asked: Asked<unknown>, names: string[]): Finding =>
    'problem' in asked
      ? { found: false, says: `${what} in ${region} could not be looked at: aws ${asked.problem}` }
      : { found: names.length > 0, says: `${region} has the ${what}: ${sayNames(names)}` };
  return {
    groups: foundGroups,
    instances: foundInstances,
    findings: [
      say(
        'Auto Scaling groups',
        groups,
        foundGroups.map(({ name }) => name),
      ),
      say(
        'databases',
        instances,
        foundInstances.map(({ id, replicaOf }) => (replicaOf === undefined ? id : `${id} (replica)`)),
      ),
    ],
  };
}
