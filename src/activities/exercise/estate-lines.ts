import { paginateDescribeDBInstances, paginateDescribeDBSnapshots, type DBInstance } from '@aws-sdk/client-rds';
import type { Environment } from '../../config/environment.ts';
import { autoscalingActivities, type Aws, cloudwatchActivities, launchTemplateActivities } from '../aws/index.ts';
import { consumerActivities, route53Activities } from '../traffic/index.ts';
import { deliverySwitch } from '../service/index.ts';
import { kubernetesActivities } from '../kubernetes/index.ts';
import { readTopology } from '../rds/index.ts';
import { fenceSetting, type Where, withSession } from '../postgres/index.ts';
import { mitigationsOn } from '../incident/index.ts';

/** One part of an estate: how it is called while it cannot be read, and how its lines are read. */
export interface EstatePart {
  what: string;
  read(): Promise<Record<string, string>>;
}

/** Everything that runbooks of Muster can change in an environment, in parts that are read side by side. */
export function estateParts(environment: Environment, aws: Aws): EstatePart[] {
  const { services, databases, clusters, dns } = environment;
  const inAws = Object.keys(environment.regions).filter((region) => environment.regions[region]!.aws);
  return [
    ...inAws.map((region) => ({ what: `databases in ${region}`, read: () => instancesIn(environment, aws, region) })),
    ...inAws.map((region) => ({ what: `snapshots in ${region}`, read: () => snapshotsIn(environment, aws, region) })),
    ...Object.keys(databases).flatMap((database) => databaseParts(environment, aws, database)),
    ...Object.keys(clusters).map((cluster) => ({ what: `cluster ${cluster}`, read: () => clusterLines(environment, aws, cluster) })),
    ...Object.keys(dns).map((name) => ({ what: `records of ${name}`, read: () => recordLines(environment, aws, name) })),
    ...Object.keys(services).flatMap((service) => serviceParts(environment, aws, service)),
  ];
}

/** Instances are those of the environment, and those whose names begin with one of theirs: copies, and what was set aside. */
export const belongs = ({ databases }: Environment, id: string): boolean =>
  Object.values(databases).some(({ regions }) =>
    Object.values(regions).some(({ instance }) => instance !== undefined && (id === instance || id.startsWith(`${instance}-`))),
  );

async function instancesIn(environment: Environment, aws: Aws, region: string): Promise<Record<string, string>> {
  const lines: Record<string, string> = {};
  for await (const { DBInstances = [] } of paginateDescribeDBInstances({ client: aws.client('rds', region) }, {}))
    for (const one of DBInstances)
      if (belongs(environment, one.DBInstanceIdentifier ?? '')) lines[`database ${region}/${one.DBInstanceIdentifier}`] = sayInstance(one);
  return lines;
}

function sayInstance(one: DBInstance): string {
  const role = one.ReadReplicaSourceDBInstanceIdentifier ? 'replica' : 'primary';
  const zones = one.MultiAZ ? 'Multi-AZ' : 'one zone';
  return [role, one.DBInstanceStatus, one.DBInstanceClass, zones, `protected ${one.DeletionProtection ? 'yes' : 'no'}`].join(', ');
}

/** Snapshots that RDS takes by itself come and go. */
async function snapshotsIn(environment: Environment, aws: Aws, region: string): Promise<Record<string, string>> {
  const lines: Record<string, string> = {};
  const client = aws.client('rds', region);
  for await (const { DBSnapshots = [] } of paginateDescribeDBSnapshots({ client }, { SnapshotType: 'manual' }))
    for (const { DBSnapshotIdentifier: id = '', Status } of DBSnapshots)
      if (belongs(environment, id)) lines[`snapshot ${region}/${id}`] = Status ?? '';
  return lines;
}

function databaseParts(environment: Environment, aws: Aws, database: string): EstatePart[] {
  const { regions, alarms, endpointRecord } = environment.databases[database]!;
  const { readAlarms } = cloudwatchActivities(environment, aws);
  const { readDatabaseRecord } = route53Activities(environment, aws);
  return [
    ...Object.keys(regions).map((region) => ({
      what: `writes of ${database} in ${region}`,
      read: async () => ({ [`writes of ${database} in ${region}`]: await writesTo(environment, { database, region }) }),
    })),
    ...Object.keys(alarms.length === 0 ? {} : regions).map((region) => ({
      what: `alarms of ${database} in ${region}`,
      read: async () => {
        const found = await readAlarms({ database, region });
        return { [`alarms of ${database} in ${region}`]: `${found.filter(({ asWanted }) => asWanted).length} of ${found.length} set` };
      },
    })),
    ...(endpointRecord
      ? [
          {
            what: `record of ${database}`,
            read: async () => ({ [`record of ${database}`]: (await readDatabaseRecord({ database })).region ?? 'nowhere that is known' }),
          },
        ]
      : []),
  ];
}

async function writesTo(environment: Environment, where: Where): Promise<string> {
  const [row] = await withSession(environment, where, 'read', (session) =>
    session.run<{ standby: boolean; fenced: boolean }>(
      `SELECT pg_is_in_recovery() AS standby, current_setting('${fenceSetting}') = 'on' AS fenced`,
    ),
  );
  return row!.standby ? 'none, a standby' : row!.fenced ? 'none, it is fenced' : 'yes';
}

async function clusterLines(environment: Environment, aws: Aws, cluster: string): Promise<Record<string, string>> {
  const { regions, global } = await readTopology(environment, aws, cluster);
  const members = regions.flatMap(({ region, members: all }) =>
    all.map(({ instance, writer, status }) => [`member ${region}/${instance}`, `${writer ? 'writer' : 'reader'}, ${status}`] as const),
  );
  return {
    ...(Object.fromEntries(members) as Record<string, string>),
    ...(global ? { [`home of ${cluster}`]: global.home ?? 'not known' } : {}),
  };
}

async function recordLines(environment: Environment, aws: Aws, dns: string): Promise<Record<string, string>> {
  const records = await route53Activities(environment, aws).readRecordSets({ dns });
  return Object.fromEntries(
    records.map(({ region, weight, value, ttl }) => [`record ${dns}/${region}`, `${weight} to ${value}, ${ttl} s`]),
  );
}

function serviceParts(environment: Environment, aws: Aws, service: string): EstatePart[] {
  const { regions, consumers, delivery } = environment.services[service]!;
  const lines = Object.entries(regions).flatMap(([region, { autoScalingGroup, kubernetes }]) => {
    if (autoScalingGroup === undefined && !kubernetes) return [];
    const where = { service, region };
    const size = async () => {
      const { desired, suspended } = kubernetes
        ? await kubernetesActivities(environment).readDeployment(where)
        : await autoscalingActivities(environment, aws).readCapacity(where);
      return { [`size of ${service} in ${region}`]: `${desired}, scaling ${suspended ? 'held' : 'on'}` };
    };
    const release = async () => {
      const { wanted } = kubernetes
        ? await kubernetesActivities(environment).readRevisions(where)
        : await launchTemplateActivities(environment, aws).describeReleases(where);
      return { [`release of ${service} in ${region}`]: `${wanted.image} ${wanted.digest ?? ''}`.trim() };
    };
    const held = async () => {
      const { paused } = await deliverySwitch(environment, where).read();
      return { [`deliveries of ${service} to ${region}`]: paused ? 'held' : 'on' };
    };
    return [
      { what: `size of ${service} in ${region}`, read: size },
      { what: `release of ${service} in ${region}`, read: release },
      ...(delivery ? [{ what: `deliveries of ${service} to ${region}`, read: held }] : []),
    ];
  });
  const on = async () =>
    Object.fromEntries((await mitigationsOn(environment, aws, service)).map(({ what }) => [`relief of ${service}`, what]));
  const background = async () =>
    Object.fromEntries(
      (await consumerActivities(environment).readConsumers({ service })).map(({ region, detail }) => [`consumers in ${region}`, detail]),
    );
  return [
    ...lines,
    { what: `reliefs of ${service}`, read: on },
    ...(consumers ? [{ what: `consumers of ${service}`, read: background }] : []),
  ];
}
