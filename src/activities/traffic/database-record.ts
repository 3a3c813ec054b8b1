import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { type Aws, instanceName } from '../aws/index.ts';
import { change, currentStep, failure, named, read, resolvedSecret } from '../kit/index.ts';
import { type DatabaseInstance, describeInstance, say } from '../rds/index.ts';
import { readRecords, send, untilInSync, upsert } from './record-sets.ts';
import type { Where } from '../postgres/index.ts';

/** Which database the service finds. */
export interface DatabaseRecord {
  /** Region whose instance the record names; null when it names none that can be seen. */
  region: string | null;
  /** As it stands in Route 53: `priority weight port host`; null when there is no record. */
  value: string | null;
}

const usualTtl = 5;

/** The SRV record that a service finds its database by. */
export function databaseRecordActivities(environment: Environment, aws: Aws) {
  const readRecord = async (database: string) => {
    const { endpointRecord } = named(environment.databases, database, 'database');
    if (!endpointRecord) throw failure(Failure.InvalidInput, `the database ${database} has no endpointRecord in the environment`);
    const { zoneId, sets } = await readRecords(aws, { ...endpointRecord, type: 'SRV' });
    return { zoneId, set: sets[0], name: endpointRecord.name, value: sets[0]?.ResourceRecords?.[0]?.Value ?? null };
  };
  const describe = (where: Where) => describeInstance(aws, where.region, instanceName(environment, where));

  return {
    readDatabaseRecord: read(async ({ database }: { database: string }): Promise<DatabaseRecord> => {
      const { value } = await readRecord(database);
      if (value === null) return { region: null, value };
      for (const region of Object.keys(named(environment.databases, database, 'database').regions)) {
        const endpoint =
          (await describe({ database, region }).then(targetOf, () => undefined)) ?? configured(environment, { database, region });
        if (endpoint !== undefined && sameTarget(endpoint, value)) return { region, value };
      }
      return { region: null, value };
    }),

    /** Points the service at the instance of a region, which must be a primary. */
    // lint-allow global-control-plane: a service finds its database by one record (ADR 0007); it is changed after the promotion, never awaited by it
    pointDatabaseRecord: change({
      look: async (where: Where) => {
        const [record, instance] = await Promise.all([readRecord(where.database), describe(where)]);
        // In a dry run a restored instance is not there yet: it will listen where Muster finds the database.
        const target = targetOf(instance) ?? (currentStep().mode === 'simulate' ? configured(environment, where) : undefined);
        if (target === undefined)
          throw failure(instance.role === 'absent' ? Failure.Permanent : Failure.NotYet, `no endpoint yet: ${say(instance)}`);
        const so = record.value !== null && sameTarget(target, record.value);
        return { so, found: `${record.name} is ${record.value ?? 'not there'}`, record, instance, target };
      },
      predict: (where, { record, target }) => ({
        calls: [aws.predicted('route53', 'global', upsert(record.zoneId, [pointed(record, target)]))],
        result: { region: where.region, value: target },
      }),
      refuse: (_where, { instance }) => {
        if (instance.role !== 'primary')
          throw failure(Failure.RefusedBySafetyRule, `the service needs a database that takes writes: ${say(instance)}`);
      },
      act: (_where, { record, target }) => send(aws, upsert(record.zoneId, [pointed(record, target)])),
      prove: async (where, { target }, changeId) => {
        if (changeId !== undefined) await untilInSync(aws, changeId);
        const { value, name } = await readRecord(where.database);
        if (value === null || !sameTarget(target, value))
          throw failure(Failure.Permanent, `somebody else changed ${name} meanwhile: it is ${value}`);
        return { region: where.region, value };
      },
    }),
  };
}

function pointed({ set, name }: { set: ResourceRecordSet | undefined; name: string }, target: string): ResourceRecordSet {
  return { Name: name, Type: 'SRV', TTL: set?.TTL ?? usualTtl, ResourceRecords: [{ Value: target }] };
}

function targetOf({ host, port }: DatabaseInstance): string | undefined {
  return host && port ? `0 0 ${port} ${host.replace(/\.$/, '')}.` : undefined;
}

/** Where Muster itself finds a region's database; tells the region when its RDS does not answer. */
function configured(environment: Environment, { database, region }: Where): string | undefined {
  const { connection } = named(named(environment.databases, database, 'database').regions, region, 'region');
  const url = resolvedSecret(connection);
  if (!URL.canParse(url)) return undefined;
  const { hostname, port } = new URL(url);
  return `0 0 ${port || 5432} ${hostname}.`;
}

/** Priority and weight do not matter: there is but one target. */
function sameTarget(a: string, b: string): boolean {
  const target = (value: string) => value.trim().split(/\s+/).slice(2).join(' ').replace(/\.$/, '').toLowerCase();
  return target(a) === target(b);
}
