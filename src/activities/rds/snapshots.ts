import {
  CreateDBSnapshotCommand,
  DescribeDBSnapshotsCommand,
  paginateDescribeDBInstances,
  paginateDescribeDBSnapshots,
  type DBSnapshot,
} from '@aws-sdk/client-rds';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { type Aws, isOurs, operationOf, operationTags, instanceName } from '../aws/index.ts';
import { change, failure, named, read, until } from '../kit/index.ts';
import type { Where } from '../postgres/index.ts';

export interface Snapshot {
  id: string;
  status: string;
  /** The data are as of then, also in a copy that was made later. */
  createdAt: string | null;
  /** Operation of ours that made it. */
  operation: string | null;
  /** RDS took it by itself; a copy of such a one in another region is not. */
  automated: boolean;
  engine: string;
  engineVersion: string;
  /**
   * A snapshot does not tell: this is the class of the instance that it is of or of the database's own here, while one can be read, or else
   * what the environment names; empty when nobody knows.
   */
  instanceClass: string;
  storageGb: number | null;
  encrypted: boolean;
  kmsKeyId: string | null;
  /** Instance that it is of. */
  sourceInstance: string | null;
  /** AWS's name of the region that it was copied from; null when it was taken here. */
  sourceRegion: string | null;
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
  const create = (asked: NewSnapshot) =>
    new CreateDBSnapshotCommand({
      DBInstanceIdentifier: instanceName(environment, asked),
      DBSnapshotIdentifier: idOf(asked),
      Tags: operationTags(),
    });

  return {
    /** Those of the database's instances in all regions that lie in this one: the newest 50, the newest first. */
    listSnapshots: read(async ({ database, region }: Where): Promise<Snapshot[]> => {
      const here = named(named(environment.databases, database, 'database').regions, region, `database ${database} in the region`);
      const instances = Object.values(environment.databases[database]!.regions).map(({ instance }) => instance);
      const client = aws.client('rds', region);
      const found: DBSnapshot[] = [];
      for (const DBInstanceIdentifier of new Set(instances))
        for await (const page of paginateDescribeDBSnapshots({ client }, { DBInstanceIdentifier })) found.push(...(page.DBSnapshots ?? []));
      const classes = new Map<string | undefined, string>();
      for await (const { DBInstances } of paginateDescribeDBInstances({ client }, {}))
        for (const one of DBInstances ?? []) if (one.DBInstanceClass) classes.set(one.DBInstanceIdentifier, one.DBInstanceClass);
      return found
        .sort((a, b) => Number(takenAt(b) ?? 0) - Number(takenAt(a) ?? 0))
        .slice(0, mostListed)
        .map((snapshot) =>
          fromAws(snapshot, classes.get(snapshot.DBInstanceIdentifier) ?? classes.get(here.instance) ?? here.settings?.instanceClass ?? ''),
        );
    }),

    /** Takes the snapshot `<instance>-<label>`; one of that name is adopted only when this run made it. */
    snapshotDatabase: change({
      look: async (asked: NewSnapshot) => {
        if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(asked.label))
          throw failure(Failure.InvalidInput, `not a label for a snapshot: ${asked.label}`);
        const found = await findSnapshot(aws, asked.region, idOf(asked));
        if (found && !isOurs(found.TagList)) throw failure(Failure.Permanent, `${idOf(asked)} exists and was not made by this run`);
        return { so: found !== undefined, found: found ? `${idOf(asked)} is ${found.Status}` : `there is no ${idOf(asked)}` };
      },
      predict: (asked) => ({ calls: [aws.predicted('rds', asked.region, create(asked))], result: { snapshot: idOf(asked) } }),
      act: async (asked) => {
        await aws.client('rds', asked.region).send(create(asked));
      },
      prove: (asked) => untilSnapshot(aws, asked.region, idOf(asked)),
    }),
  };
}

/** A snapshot by its name; undefined when the region has none. */
export async function findSnapshot(aws: Aws, region: string, id: string): Promise<DBSnapshot | undefined> {
  try {
    const { DBSnapshots } = await aws.client('rds', region).send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: id }));
    return DBSnapshots?.find(({ DBSnapshotIdentifier }) => DBSnapshotIdentifier === id);
  } catch (error) {
    if (error instanceof Error && /^DBSnapshotNotFound(Fault)?$/.test(error.name)) return undefined;
    throw error;
  }
}

/** Waits until a snapshot is available. */
export function untilSnapshot(aws: Aws, region: string, id: string): Promise<{ snapshot: string }> {
  return until(
    async () => {
      const status = (await findSnapshot(aws, region, id))?.Status ?? 'not there';
      if (status === 'failed') throw failure(Failure.Permanent, `${id} has failed, says RDS`);
      return status === 'available' ? { is: { snapshot: id } } : { notYet: `it is ${status}` };
    },
    { within: patience, what: `the snapshot ${id}` },
  );
}

/** A copy keeps the time of the first one beside its own. */
function takenAt(snapshot: DBSnapshot): Date | undefined {
  return snapshot.OriginalSnapshotCreateTime ?? snapshot.SnapshotCreateTime;
}

function fromAws(snapshot: DBSnapshot, instanceClass: string): Snapshot {
  return {
    id: snapshot.DBSnapshotIdentifier ?? '',
    status: snapshot.Status ?? '',
    createdAt: takenAt(snapshot)?.toISOString() ?? null,
    operation: operationOf(snapshot.TagList),
    automated: snapshot.SnapshotType === 'automated',
    engine: snapshot.Engine ?? '',
    engineVersion: snapshot.EngineVersion ?? '',
    instanceClass,
    storageGb: snapshot.AllocatedStorage ?? null,
    encrypted: snapshot.Encrypted ?? false,
    kmsKeyId: snapshot.KmsKeyId || null,
    sourceInstance: snapshot.DBInstanceIdentifier ?? null,
    sourceRegion: snapshot.SourceRegion || null,
  };
}
