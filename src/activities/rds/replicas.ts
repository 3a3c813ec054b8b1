import { CreateDBInstanceReadReplicaCommand, paginateDescribeDBInstances, type DBInstance } from '@aws-sdk/client-rds';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { type Aws, operationTags, instanceName } from '../aws/index.ts';
import { change, currentStep, failure } from '../kit/index.ts';
import { describeInstance, say, untilInstance, type DatabaseInstance } from './instances.ts';
import { rename, untilRenamed } from './names.ts';
import { environmentSettings, restoreSettings, type Settings } from './settings.ts';
import type { Where } from '../postgres/index.ts';

const patience = 10 * 60_000;

/** Rebuilding replication in reverse: the old primary steps aside, with all its data, and a new replica takes its name. */
export function replicaChanges(environment: Environment, aws: Aws) {
  const nameOf = (where: Where) => instanceName(environment, where);
  const describe = (where: Where) => describeInstance(aws, where.region, nameOf(where));
  const toAside = (where: Where, aside: string) => ({ region: where.region, from: nameOf(where), to: aside });
  const create = (asked: NewReplica, source: DatabaseInstance, like: Settings) => {
    // RDS takes this one only of an instance that is no replica.
    const { BackupRetentionPeriod: _, ...settings } = restoreSettings(like, operationTags());
    return new CreateDBInstanceReadReplicaCommand({
      DBInstanceIdentifier: nameOf(asked),
      SourceDBInstanceIdentifier: source.arn ?? source.instance,
      ...settings,
    });
  };
  /** A new replica is in one zone and unprotected: it gets what its predecessor had, or what the environment names. */
  const settingsFor = async (asked: NewReplica): Promise<Settings> => {
    const name = nameOf(asked);
    const predecessors: DBInstance[] = [];
    for await (const { DBInstances = [] } of paginateDescribeDBInstances({ client: aws.client('rds', asked.region) }, {}))
      predecessors.push(...DBInstances.filter(({ DBInstanceIdentifier: id = '' }) => id === name || id.startsWith(asideOf(name))));
    const newest = predecessors.sort((a, b) => Number(b.InstanceCreateTime ?? 0) - Number(a.InstanceCreateTime ?? 0))[0];
    return newest ?? environmentSettings(environment.databases[asked.database]!.regions[asked.region]!);
  };

  return {
    /** Renames an instance to `<instance>-aside-<operation>`, so that every failback finds its own and nothing is ever deleted. */
    setAsideDatabase: change({
      look: async (where: Where) => {
        const aside = asideName(nameOf(where));
        const [current, moved] = await Promise.all([describe(where), describeInstance(aws, where.region, aside)]);
        if (current.role === 'absent' && moved.role === 'absent')
          throw failure(Failure.Permanent, `cannot set aside: ${say(current)} in ${where.region}`);
        return { so: current.role === 'absent', found: current.role === 'absent' ? say(moved) : say(current), aside };
      },
      predict: (where, { aside }) => ({
        calls: [aws.predicted('rds', where.region, rename(toAside(where, aside)))],
        result: { instance: nameOf(where), aside },
      }),
      act: async (where, { aside }) => {
        await aws.client('rds', where.region).send(rename(toAside(where, aside)));
      },
      prove: async (where, { aside }) => {
        await untilRenamed(aws, toAside(where, aside));
        return { instance: nameOf(where), aside };
      },
    }),

    /** Makes the region's instance a new replica of the one in region `of`. */
    createReplica: change({
      look: async (asked: NewReplica) => {
        const [target, source] = await Promise.all([describe(asked), describe({ database: asked.database, region: asked.of })]);
        return { so: isReplicaOf(target, source), found: say(target), target, source, like: await settingsFor(asked) };
      },
      // Where a new database takes the name of the old one, simulate still sees the replica of the old one.
      predictAnyway: true,
      predict: (asked, { source, like }) => ({
        calls: [aws.predicted('rds', asked.region, create(asked, source, like))],
        result: { instance: nameOf(asked), source: source.instance },
      }),
      refuse: (_asked, { target, source }) => {
        if (target.role !== 'absent')
          throw failure(Failure.Permanent, `the name of the new replica is taken: ${say(target)}; set it aside first`);
        if (source.role !== 'primary') throw failure(Failure.Permanent, `a replica needs a primary: ${say(source)}`);
        if (!source.backupRetentionDays)
          throw failure(Failure.Permanent, `${source.instance} keeps no backups, and RDS makes replicas only of instances that do`);
        if (source.status !== 'available') throw failure(Failure.NotYet, say(source));
      },
      act: async (asked, { source, like }) => {
        await aws.client('rds', asked.region).send(create(asked, source, like));
      },
      prove: async (asked, { source }) => {
        const { instance } = await untilInstance(aws, asked.region, nameOf(asked), {
          what: `to be an available replica of ${source.instance}`,
          within: patience,
          is: (found) => isReplicaOf(found, source) && found.status === 'available',
        });
        return { instance, source: source.instance };
      },
    }),
  };
}

interface NewReplica extends Where {
  /** Region of the primary. */
  of: string;
}

function asideName(instance: string): string {
  return `${asideOf(instance)}${currentStep().operationId.slice(0, 8)}`;
}

const asideOf = (instance: string): string => `${instance}-aside-`;

/** RDS names a source by its ARN when it is in another region. */
function isReplicaOf(target: DatabaseInstance, source: DatabaseInstance): boolean {
  return target.role === 'replica' && (target.source === source.arn || target.source === source.instance);
}
