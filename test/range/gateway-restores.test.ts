import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CopyDBSnapshotCommand,
  CreateDBSnapshotCommand,
  DeleteDBInstanceCommand,
  DeleteDBSnapshotCommand,
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBInstanceCommand,
  PromoteReadReplicaCommand,
  RDSClient,
  RestoreDBInstanceFromDBSnapshotCommand,
  RestoreDBInstanceToPointInTimeCommand,
  StartDBInstanceCommand,
  StopDBInstanceCommand,
  type RestoreDBInstanceToPointInTimeCommandInput,
} from '@aws-sdk/client-rds';
import pg from 'pg';
import { startRange, type Range } from '../../src/range/start.ts';
import { eventually } from '../eventually.ts';

const arn = (region: string, id: string) => `arn:aws:rds:${region}:123456789012:snapshot:${id}`;

describe('the range restores databases for real', () => {
  let folder: string;
  let range: Range;
  let east: RDSClient;
  let west: RDSClient;
  const lines: string[] = [];

  before(async function () {
    this.timeout(60_000);
    folder = await mkdtemp(join(tmpdir(), 'muster-test-'));
    range = await startRange({ folder, ratePerSecond: 5, log: (line) => lines.push(line) });
    const { variables } = range.addresses;
    const at = (endpoint: string, region: string) => ({
      ...{ endpoint, region, maxAttempts: 1 },
      credentials: { accessKeyId: 'practice', secretAccessKey: variables['MUSTER_RANGE_AWS_SECRET']! },
    });
    east = new RDSClient(at(variables['MUSTER_RANGE_AWS_EAST']!, 'us-east-2'));
    west = new RDSClient(at(variables['MUSTER_RANGE_AWS_WEST']!, 'us-west-2'));
  });
  after(async () => {
    await range?.stop();
    assert.deepEqual(await readdir(folder), []);
    await rm(folder, { recursive: true });
  });

  const describeOne = async (client: RDSClient, name: string) =>
    (await client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: name }))).DBInstances![0]!;
  const is = (client: RDSClient, name: string, status = 'available') =>
    eventually(
      `${name} to be ${status}`,
      () => describeOne(client, name),
      ({ DBInstanceStatus }) => DBInstanceStatus === status,
    );
  const windowOf = async (client: RDSClient, name: string) => {
    const asked = new DescribeDBInstanceAutomatedBackupsCommand({ DBInstanceIdentifier: name });
    return (await client.send(asked)).DBInstanceAutomatedBackups![0]?.RestoreWindow;
  };
  const snapshotIs = (client: RDSClient, id: string) =>
    eventually(
      `the snapshot ${id}`,
      async () => (await client.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: id }))).DBSnapshots![0],
      (found) => found?.Status === 'available',
    );
  const remove = async (client: RDSClient, name: string) => {
    await client.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: name, SkipFinalSnapshot: true }));
    await eventually(
      `${name} to be gone`,
      () =>
        describeOne(client, name).then(
          () => false,
          () => true,
        ),
      (gone) => gone,
    );
  };

  /** Asks the server behind an endpoint as the owner of the database. */
  async function ask<Row extends pg.QueryResultRow>(port: number, sql: string): Promise<Row[]> {
    const url = new URL(range.addresses.variables['MUSTER_RANGE_PG_EAST']!);
    url.port = String(port);
    const session = new pg.Client({ connectionString: url.href });
    session.on('error', () => undefined);
    await session.connect();
    try {
      return (await session.query<Row>(sql)).rows;
    } finally {
      await session.end();
    }
  }
  const portOf = async (client: RDSClient, name: string) => (await describeOne(client, name)).Endpoint!.Port!;
  const mark = async (port: number, item: string) => {
    await ask(port, `INSERT INTO orders (id, region, item) VALUES ('${randomUUID()}', 'east', '${item}')`);
  };
  const marks = async (port: number) =>
    (await ask<{ item: string }>(port, `SELECT item FROM orders WHERE item LIKE 'mark %' ORDER BY placed_at`)).map(({ item }) => item);
  /** A time of the database's clock that RDS can restore to by now. */
  const moment = async (client: RDSClient, name: string) => {
    const [row] = await ask<{ now: Date }>(await portOf(client, name), 'SELECT clock_timestamp() AS now');
    const at = new Date(row!.now.getTime() + 1);
    await eventually(
      'the log to reach the time',
      () => describeOne(client, name),
      ({ LatestRestorableTime }) => LatestRestorableTime !== undefined && LatestRestorableTime >= at,
    );
    return at;
  };
  const restore = (asked: Partial<RestoreDBInstanceToPointInTimeCommandInput>) =>
    east.send(
      new RestoreDBInstanceToPointInTimeCommand({
        SourceDBInstanceIdentifier: 'orders-east',
        TargetDBInstanceIdentifier: 'orders-then',
        ...asked,
      }),
    );

  it('takes a first backup by itself, and a copy of it in the other region, after it has opened', async () => {
    const window = await eventually(
      'a restore window',
      () => windowOf(east, 'orders-east'),
      (found) => found?.EarliestTime !== undefined,
    );
    assert.ok(window!.EarliestTime! <= window!.LatestTime!);
    const { LatestRestorableTime } = await describeOne(east, 'orders-east');
    assert.ok(Math.abs(Date.now() - LatestRestorableTime!.getTime()) < 5_000);
    const copy = await snapshotIs(west, 'orders-east-daily-copy');
    assert.deepEqual([copy?.SourceRegion, copy?.SnapshotType, copy?.DBInstanceIdentifier], ['us-east-2', 'manual', 'orders-east']);
    const { DBSnapshots: automated = [] } = await east.send(new DescribeDBSnapshotsCommand({ SnapshotType: 'automated' }));
    assert.deepEqual(
      automated.map(({ DBSnapshotArn }) => DBSnapshotArn),
      [copy?.SourceDBSnapshotIdentifier],
    );
    assert.equal((await windowOf(west, 'orders-west'))?.EarliestTime, undefined);
    assert.deepEqual((await range.status()).calls.stateChanging, 0);
  });

  it('brings deleted rows back, and leaves later ones out', async () => {
    const port = await portOf(east, 'orders-east');
    await mark(port, 'mark one');
    await mark(port, 'mark two');
    const at = await moment(east, 'orders-east');
    await ask(port, `DELETE FROM orders WHERE item = 'mark one'`);
    await mark(port, 'mark too late');
    const { DBInstance: answer } = await restore({ RestoreTime: at });
    assert.deepEqual([answer?.DBInstanceStatus, answer?.Endpoint], ['creating', undefined]);
    const { Endpoint } = await is(east, 'orders-then');
    assert.deepEqual(await marks(Endpoint!.Port!), ['mark one', 'mark two']);
    assert.deepEqual(await marks(port), ['mark two', 'mark too late']);
  });

  it('is not kind: what the call does not say is the default', async () => {
    const [source, restored] = await Promise.all([describeOne(east, 'orders-east'), describeOne(east, 'orders-then')]);
    const settings = (one: typeof source) => [
      ...[one.MultiAZ, one.DeletionProtection, one.IAMDatabaseAuthenticationEnabled, one.CopyTagsToSnapshot],
      ...[one.DBSubnetGroup?.DBSubnetGroupName, one.DBParameterGroups?.[0]?.DBParameterGroupName],
      ...[one.EnabledCloudwatchLogsExports?.length ?? 0, one.TagList?.length ?? 0],
    ];
    assert.deepEqual(settings(source), [true, true, true, true, 'orders', 'orders-postgres', 2, 1]);
    assert.deepEqual(settings(restored), [false, false, false, false, 'default', 'default.postgres18', 0, 0]);
    assert.notDeepEqual(source.VpcSecurityGroups, restored.VpcSecurityGroups);
    assert.deepEqual(
      [restored.DBInstanceClass, restored.EngineVersion, restored.BackupRetentionPeriod],
      [source.DBInstanceClass, source.EngineVersion, source.BackupRetentionPeriod],
    );
    assert.equal(restored.ReadReplicaSourceDBInstanceIdentifier, undefined);
  });

  it('gives what the call says, also beside a source that is described by its resource id', async () => {
    const { DbiResourceId } = await describeOne(east, 'orders-then');
    await eventually(
      'a backup of the restored one',
      () => windowOf(east, 'orders-then'),
      (window) => window?.EarliestTime !== undefined,
    );
    await east.send(
      new RestoreDBInstanceToPointInTimeCommand({
        SourceDbiResourceId: DbiResourceId!,
        TargetDBInstanceIdentifier: 'orders-second',
        UseLatestRestorableTime: true,
        ...{ MultiAZ: true, DeletionProtection: true, DBSubnetGroupName: 'orders', DBParameterGroupName: 'orders-postgres' },
        ...{ EnableCloudwatchLogsExports: ['postgresql'], EnableIAMDatabaseAuthentication: true, BackupRetentionPeriod: 3 },
        Tags: [{ Key: 'for', Value: 'a test' }],
      }),
    );
    const second = await is(east, 'orders-second');
    assert.deepEqual([second.MultiAZ, second.DeletionProtection, second.IAMDatabaseAuthenticationEnabled], [true, true, true]);
    assert.equal(second.DBSubnetGroup?.DBSubnetGroupName, 'orders');
    assert.equal(second.DBParameterGroups?.[0]?.DBParameterGroupName, 'orders-postgres');
    assert.deepEqual([second.EnabledCloudwatchLogsExports, second.BackupRetentionPeriod], [['postgresql'], 3]);
    assert.deepEqual(second.TagList, [{ Key: 'for', Value: 'a test' }]);
    assert.deepEqual(await marks(second.Endpoint!.Port!), ['mark one', 'mark two']);
  });

  it('refuses what RDS refuses', async () => {
    const { EarliestTime, LatestTime } = (await windowOf(east, 'orders-east'))!;
    const refused = (asked: Partial<RestoreDBInstanceToPointInTimeCommandInput>) =>
      restore({ TargetDBInstanceIdentifier: 'orders-other', ...asked }).then(
        () => 'done',
        (error: Error) => error.name,
      );
    assert.equal(await refused({ RestoreTime: new Date(EarliestTime!.getTime() - 1_000) }), 'InvalidRestoreFault');
    assert.equal(await refused({ RestoreTime: new Date(Date.now() + 60_000) }), 'InvalidRestoreFault');
    assert.equal(await refused({}), 'InvalidParameterCombination');
    assert.equal(await refused({ RestoreTime: LatestTime!, UseLatestRestorableTime: true }), 'InvalidParameterCombination');
    assert.equal(await refused({ RestoreTime: LatestTime!, SourceDBInstanceIdentifier: 'orders-nowhere' }), 'DBInstanceNotFoundFault');
    assert.equal(await refused({ RestoreTime: LatestTime!, TargetDBInstanceIdentifier: 'orders-then' }), 'DBInstanceAlreadyExistsFault');
    assert.equal(await refused({ RestoreTime: LatestTime!, TargetDBInstanceIdentifier: 'No-Such_Name' }), 'InvalidParameterValue');
    assert.match(await refused({ RestoreTime: LatestTime!, DBParameterGroupName: 'none' }), /^DBParameterGroupNotFound/);
    const ofTheReplica = { SourceDBInstanceIdentifier: 'orders-west', TargetDBInstanceIdentifier: 'copy', UseLatestRestorableTime: true };
    await assert.rejects(west.send(new RestoreDBInstanceToPointInTimeCommand(ofTheReplica)), { name: 'PointInTimeRestoreNotEnabledFault' });
    await assert.rejects(describeOne(east, 'orders-other'), { name: 'DBInstanceNotFoundFault' });
    await assert.rejects(
      east.send(new RestoreDBInstanceFromDBSnapshotCommand({ DBInstanceIdentifier: 'orders-other', DBSnapshotIdentifier: 'none' })),
      { name: 'DBSnapshotNotFoundFault' },
    );
  });

  it('swaps the restored database in by two renames, and can restore the one aside on', async () => {
    const rename = async (from: string, to: string) => {
      await east.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: from, NewDBInstanceIdentifier: to, ApplyImmediately: true }));
      await is(east, to);
    };
    const port = await portOf(east, 'orders-east');
    await rename('orders-east', 'orders-aside');
    await rename('orders-then', 'orders-east');
    assert.equal(await portOf(east, 'orders-east'), port);
    assert.deepEqual(await marks(port), ['mark one', 'mark two']);
    const { RestoreWindow } = (await east.send(new DescribeDBInstanceAutomatedBackupsCommand({}))).DBInstanceAutomatedBackups!.find(
      ({ DBInstanceIdentifier }) => DBInstanceIdentifier === 'orders-aside',
    )!;
    await restore({
      ...{ SourceDBInstanceIdentifier: 'orders-aside', TargetDBInstanceIdentifier: 'orders-aside-again' },
      RestoreTime: RestoreWindow!.LatestTime!,
    });
    const again = await is(east, 'orders-aside-again');
    assert.deepEqual(await marks(again.Endpoint!.Port!), ['mark two', 'mark too late']);
    await remove(east, 'orders-aside-again');
    await rename('orders-east', 'orders-then');
    await rename('orders-aside', 'orders-east');
    await remove(east, 'orders-then');
  });

  it('stops an instance and starts it again, but none with a replica', async () => {
    await assert.rejects(east.send(new StopDBInstanceCommand({ DBInstanceIdentifier: 'orders-east' })), {
      name: 'InvalidDBInstanceStateFault',
    });
    await east.send(new StopDBInstanceCommand({ DBInstanceIdentifier: 'orders-second' }));
    const { Endpoint } = await is(east, 'orders-second', 'stopped');
    await assert.rejects(marks(Endpoint!.Port!), /ECONNREFUSED/);
    await east.send(new StartDBInstanceCommand({ DBInstanceIdentifier: 'orders-second' }));
    await is(east, 'orders-second');
    assert.deepEqual(await marks(Endpoint!.Port!), ['mark one', 'mark two']);
  });

  it('keeps what a snapshot holds, also the last one of an instance that is deleted', async () => {
    const last = { DBInstanceIdentifier: 'orders-second', FinalDBSnapshotIdentifier: 'the-last-of-the-second' };
    await assert.rejects(east.send(new DeleteDBInstanceCommand(last)), { name: 'InvalidParameterCombination' });
    await east.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: 'orders-second', DeletionProtection: false }));
    await is(east, 'orders-second');
    await east.send(new DeleteDBInstanceCommand(last));
    const taken = await snapshotIs(east, 'the-last-of-the-second');
    assert.equal(taken?.DBInstanceIdentifier, 'orders-second');
    await east.send(
      new RestoreDBInstanceFromDBSnapshotCommand({ DBInstanceIdentifier: 'orders-third', DBSnapshotIdentifier: 'the-last-of-the-second' }),
    );
    const third = await is(east, 'orders-third');
    assert.deepEqual(await marks(third.Endpoint!.Port!), ['mark one', 'mark two']);
    assert.deepEqual([third.MultiAZ, third.TagList?.length ?? 0, third.DBInstanceClass], [false, 0, 'db.m7g.large']);
    await remove(east, 'orders-third');
  });

  it('gives the other region a copy that outlives the loss of the first', async () => {
    await east.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: 'orders-east', DBSnapshotIdentifier: 'before-the-loss' }));
    const source = arn('us-east-2', 'before-the-loss');
    const copy = { SourceDBSnapshotIdentifier: source, TargetDBSnapshotIdentifier: 'the-copy' };
    await assert.rejects(west.send(new CopyDBSnapshotCommand(copy)), { name: 'InvalidDBSnapshotStateFault' });
    await snapshotIs(east, 'before-the-loss');
    await assert.rejects(west.send(new CopyDBSnapshotCommand({ ...copy, SourceDBSnapshotIdentifier: 'before-the-loss' })), {
      name: 'DBSnapshotNotFoundFault',
    });
    const { DBSnapshot } = await west.send(new CopyDBSnapshotCommand(copy));
    assert.deepEqual([DBSnapshot?.Status, DBSnapshot?.SourceRegion], ['creating', 'us-east-2']);
    await snapshotIs(west, 'the-copy');
    await east.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: 'before-the-loss' }));

    await range.break({ kind: 'lose-region', region: 'east' });
    await assert.rejects(west.send(new CopyDBSnapshotCommand({ ...copy, TargetDBSnapshotIdentifier: 'a-second' })));
    await west.send(new RestoreDBInstanceFromDBSnapshotCommand({ DBInstanceIdentifier: 'orders-saved', DBSnapshotIdentifier: 'the-copy' }));
    const saved = await is(west, 'orders-saved');
    assert.deepEqual(await marks(saved.Endpoint!.Port!), ['mark two', 'mark too late']);
    await remove(west, 'orders-saved');
  });

  it('begins the backups of a replica with its promotion', async () => {
    await west.send(new PromoteReadReplicaCommand({ DBInstanceIdentifier: 'orders-west' }));
    await is(west, 'orders-west');
    await eventually(
      'a restore window',
      () => windowOf(west, 'orders-west'),
      (window) => window?.EarliestTime !== undefined,
    );
    await mark(await portOf(west, 'orders-west'), 'mark after the promotion');
    const at = await moment(west, 'orders-west');
    await west.send(
      new RestoreDBInstanceToPointInTimeCommand({
        ...{ SourceDBInstanceIdentifier: 'orders-west', TargetDBInstanceIdentifier: 'orders-west-then', RestoreTime: at },
      }),
    );
    const then = await is(west, 'orders-west-then');
    assert.equal((await marks(then.Endpoint!.Port!)).at(-1), 'mark after the promotion');
    await range.heal();
    assert.deepEqual(
      lines.filter((line) => /failed|could not/.test(line)),
      [],
    );
  });
});
