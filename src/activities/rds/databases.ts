import { GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { ModifyDBInstanceCommand, PromoteReadReplicaCommand } from '@aws-sdk/client-rds';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { type Aws, createAws, instanceName } from '../aws/index.ts';
import { change, failure, isUnreachable, read } from '../kit/index.ts';
import {
  availableToChange,
  describeInstance,
  lookPatience,
  say,
  unreachableInstance,
  untilInstance,
  type DatabaseInstance,
  type NamedInstance,
} from './instances.ts';
import { offerActivities } from './offers.ts';
import { nameChanges } from './names.ts';
import { promotionActivities } from './promotion.ts';
import { replicaChanges } from './replicas.ts';
import { restoreActivities } from './restores.ts';
import { snapshotCopies } from './snapshot-copies.ts';
import { snapshotActivities } from './snapshots.ts';
import type { Where } from '../postgres/index.ts';

export type { DatabaseInstance } from './instances.ts';
export type { Parity } from './promotion.ts';
export type { RestoreWindow } from './restore-window.ts';
export type { Difference } from './settings.ts';
export type { Snapshot } from './snapshots.ts';

/** Longest wait of one attempt for an instance, in ms; Temporal tries again after it, and looks first. */
const patience = 10 * 60_000;
const leastRetentionDays = 7;

/** RDS instances. Nothing here deletes what a run did not make itself; a promotion cannot be undone, so it is asked for only when it is surely needed. */
export function rdsActivities(environment: Environment, aws: Aws = createAws(environment)) {
  const nameOf = (where: Where) => instanceName(environment, where);
  const describe = (where: Where) => describeInstance(aws, where.region, nameOf(where));

  return {
    ...snapshotActivities(environment, aws),
    ...snapshotCopies(aws),
    ...restoreActivities(environment, aws),
    ...nameChanges(aws),
    ...replicaChanges(environment, aws),
    ...promotionActivities(environment, aws),
    ...offerActivities(aws),

    /** An instance of any name. */
    describeInstance: read(({ region, instance }: NamedInstance): Promise<DatabaseInstance> => describeInstance(aws, region, instance)),

    /** Never throws because a region is lost. */
    describeDatabase: read(async (where: Where): Promise<DatabaseInstance> => {
      try {
        return await describe(where);
      } catch (error) {
        if (isUnreachable(error)) return unreachableInstance(nameOf(where));
        throw error;
      }
    }),

    /** The newest reading of CloudWatch within five minutes; `ms` is null when there is none. */
    replicaLag: read(async (where: Where): Promise<{ ms: number | null; at: string | null }> => {
      const now = Date.now();
      const { Datapoints } = await aws.client('cloudwatch', where.region).send(
        new GetMetricStatisticsCommand({
          ...{ Namespace: 'AWS/RDS', MetricName: 'ReplicaLag', Statistics: ['Maximum'], Period: 60 },
          Dimensions: [{ Name: 'DBInstanceIdentifier', Value: nameOf(where) }],
          StartTime: new Date(now - 5 * 60_000),
          EndTime: new Date(now),
        }),
      );
      const newest = (Datapoints ?? []).sort((a, b) => Number(b.Timestamp) - Number(a.Timestamp))[0];
      return {
        ms: newest?.Maximum === undefined ? null : Math.round(newest.Maximum * 1_000),
        at: newest?.Timestamp?.toISOString() ?? null,
      };
    }),

    /** Makes a replica a primary. Asks only while it is an available replica; one that is a primary already is only waited for. */
    promoteDatabase: change({
      look: async (where: Where) => {
        const found = await untilInstance(aws, where.region, nameOf(where), {
          what: 'to be available, or promoted',
          ...lookPatience,
          is: ({ role, status }) => role !== 'replica' || status === 'available',
        });
        if (found.role === 'absent') throw failure(Failure.Permanent, `cannot promote: ${say(found)} in ${where.region}`);
        return { so: found.role === 'primary', found: say(found) };
      },
      // A failback's replica does not exist yet when it is simulated.
      predictAnyway: true,
      predict: (where) => ({ calls: [aws.predicted('rds', where.region, promotion(nameOf(where)))], result: { instance: nameOf(where) } }),
      act: async (where) => {
        await aws.client('rds', where.region).send(promotion(nameOf(where)));
      },
      prove: async (where) => {
        const { instance } = await untilInstance(aws, where.region, nameOf(where), {
          what: 'to be an available primary',
          within: patience,
          is: ({ role, status }) => role === 'primary' && status === 'available',
        });
        return { instance };
      },
    }),

    /** Backups of at least seven days: a promoted replica has none, and cannot get a replica of its own without them. */
    protectDatabase: change({
      look: async (where: Where) => {
        const found = await availableToChange(aws, where.region, nameOf(where), 'cannot turn backups on');
        const days = found.backupRetentionDays ?? 0;
        return { so: days >= leastRetentionDays, found: `${found.instance} keeps backups for ${days} days` };
      },
      predict: (where) => ({
        calls: [aws.predicted('rds', where.region, protection(nameOf(where)))],
        result: { backupRetentionDays: leastRetentionDays },
      }),
      act: async (where) => {
        await aws.client('rds', where.region).send(protection(nameOf(where)));
      },
      prove: async (where) => {
        const { backupRetentionDays } = await untilInstance(aws, where.region, nameOf(where), {
          what: `to keep backups for ${leastRetentionDays} days`,
          within: patience,
          is: ({ status, backupRetentionDays: days }) => status === 'available' && (days ?? 0) >= leastRetentionDays,
        });
        return { backupRetentionDays: backupRetentionDays ?? 0 };
      },
    }),
  };
}

const promotion = (instance: string) => new PromoteReadReplicaCommand({ DBInstanceIdentifier: instance });

const protection = (instance: string) =>
  new ModifyDBInstanceCommand({ DBInstanceIdentifier: instance, BackupRetentionPeriod: leastRetentionDays, ApplyImmediately: true });
