import { CreateDBSnapshotCommand, DescribeDBSnapshotsCommand, type DBSnapshot } from '@aws-sdk/client-rds';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { Aws } from './aws.ts';
import { change } from './change.ts';
import { instanceName } from './db-instances.ts';
import { failure } from './fail.ts';
import { read } from './kinds.ts';
import { isOurs, operationOf, operationTags } from './operation-tags.ts';
import { until } from './poll.ts';
import type { Where } from './sql.ts';

export interface Snapshot {
  id: string;
  status: string;
  createdAt: string | null;
  /** Operation of ours that made it. */
  operation: string | null;
}

interface NewSnapshot extends Where {
  /** Ends the snapshot's name: small letters, digits and single dashes. */
  label: string;
}

const mostListed = 50;
const patience = 10 * 60_000;

/** Snapshots of an instance. */
export function snapshotActivities(environment: Environment, aws: Aws) {
  const idOf = (asked: NewSnapshot) => `${instanceName(environment, asked)}-${asked.label}`;
  const describe = async (asked: NewSnapshot): Promise<DBSnapshot | undefined> => {
    const { DBSnapshots } = await aws
      .client('rds', asked.region)
      .send(new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: instanceName(environment, asked) }));
    return DBSnapshots?.find(({ DBSnapshotIdentifier }) => DBSnapshotIdentifier === idOf(asked));
  };
  const create = (asked: NewSnapshot) =>
    new CreateDBSnapshotCommand({
      DBInstanceIdentifier: instanceName(environment, asked),
      DBSnapshotIdentifier: idOf(asked),
      Tags: operationTags(),
    });

  return {
    /** The newest 50. */
    listSnapshots: read(async (where: Where): Promise<Snapshot[]> => {
      const { DBSnapshots } = await aws
        .client('rds', where.region)
        .send(new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: instanceName(environment, where) }));
      return (DBSnapshots ?? [])
        .sort((a, b) => Number(b.SnapshotCreateTime ?? 0) - Number(a.SnapshotCreateTime ?? 0))
        .slice(0, mostListed)
        .map((snapshot) => ({
          id: snapshot.DBSnapshotIdentifier ?? '',
          status: snapshot.Status ?? '',
          createdAt: snapshot.SnapshotCreateTime?.toISOString() ?? null,
          operation: operationOf(snapshot.TagList),
        }));
    }),

    /** Takes the snapshot `<instance>-<label>`; one of that name is adopted only when this run made it. */
    snapshotDatabase: change({
      look: async (asked: NewSnapshot) => {
        if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(asked.label))
          throw failure(Failure.InvalidInput, `not a label for a snapshot: ${asked.label}`);
        const found = await describe(asked);
        if (found && !isOurs(found.TagList)) throw failure(Failure.Permanent, `${idOf(asked)} exists and was not made by this run`);
        return { so: found !== undefined, found: found ? `${idOf(asked)} is ${found.Status}` : `there is no ${idOf(asked)}` };
      },
      predict: (asked) => ({ calls: [aws.predicted('rds', asked.region, create(asked))], result: { snapshot: idOf(asked) } }),
      act: async (asked) => {
        await aws.client('rds', asked.region).send(create(asked));
      },
      prove: (asked) =>
        until(
          async () => {
            const status = (await describe(asked))?.Status ?? 'not there';
            if (status === 'failed') throw failure(Failure.Permanent, `${idOf(asked)} has failed, says RDS`);
            return status === 'available' ? { is: { snapshot: idOf(asked) } } : { notYet: `it is ${status}` };
          },
          { within: patience, what: `the snapshot ${idOf(asked)}` },
        ),
    }),
  };
}
