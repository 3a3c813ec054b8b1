import assert from 'node:assert/strict';
import {
  CreateDBInstanceReadReplicaCommand,
  CreateDBSnapshotCommand,
  DeleteDBInstanceCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBInstanceCommand,
  PromoteReadReplicaCommand,
  type PromoteReadReplicaCommandOutput,
  RDSClient,
  RebootDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { practice, until, type Practice } from './gateway-clients.ts';

const arn = (region: string, name: string) => `arn:aws:rds:${region}:123456789012:db:${name}`;

describe('the gateway plays RDS', () => {
  let range: Practice;
  let east: RDSClient;
  let west: RDSClient;

  const describeOne = async (client: RDSClient, name: string) => {
    const found = await client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: name }));
    return found.DBInstances![0]!;
  };
  const available = (client: RDSClient, name: string) =>
    until(
      () => describeOne(client, name),
      (instance) => instance.DBInstanceStatus === 'available',
    );
  const createReplica = () =>
    east.send(
      new CreateDBInstanceReadReplicaCommand({
        DBInstanceIdentifier: 'orders-east',
        SourceDBInstanceIdentifier: arn('us-west-2', 'orders-west'),
      }),
    );

  before(async () => {
    range = await practice();
    east = new RDSClient(range.at('east'));
    west = new RDSClient(range.at('west'));
  });
  after(() => range.gateway.stop());

  it('describes the databases as they really are, and counts nothing of the seeding', async () => {
    assert.deepEqual(range.gateway.calls(), []);
    const primary = await describeOne(east, 'orders-east');
    assert.deepEqual([primary.Endpoint?.Address, primary.Endpoint?.Port], ['127.0.0.1', 5401]);
    assert.deepEqual([primary.MultiAZ, primary.BackupRetentionPeriod, primary.DeletionProtection], [true, 7, true]);
    assert.equal(primary.DBParameterGroups?.[0]?.DBParameterGroupName, 'orders-postgres');
    assert.deepEqual(primary.TagList, [{ Key: 'system', Value: 'shop' }]);
    assert.deepEqual(primary.ReadReplicaDBInstanceIdentifiers, [arn('us-west-2', 'orders-west')]);
    assert.equal(primary.ReadReplicaSourceDBInstanceIdentifier, undefined);

    const replica = await describeOne(west, 'orders-west');
    assert.equal(replica.Endpoint?.Port, 5402);
    assert.equal(replica.ReadReplicaSourceDBInstanceIdentifier, arn('us-east-2', 'orders-east'));
    assert.deepEqual([replica.MultiAZ, replica.BackupRetentionPeriod, replica.AvailabilityZone], [false, 0, 'us-west-2a']);
    assert.notEqual(replica.DbiResourceId, primary.DbiResourceId);
  });

  it('refuses to promote a primary, and to create what the range cannot have', async () => {
    await assert.rejects(east.send(new PromoteReadReplicaCommand({ DBInstanceIdentifier: 'orders-east' })), {
      name: 'InvalidDBInstanceStateFault',
      message: 'DB Instance orders-east is not a read replica.',
    });
    await assert.rejects(east.send(new PromoteReadReplicaCommand({ DBInstanceIdentifier: 'orders-west' })), {
      name: 'DBInstanceNotFoundFault',
    });
    await assert.rejects(east.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: 'orders-east' })), { name: 'UnsupportedOperation' });
    assert.deepEqual(range.estate.done, []);
  });

  it('takes snapshots in a while, and calls the instance `backing-up` meanwhile', async () => {
    const wish = { DBInstanceIdentifier: 'orders-east', DBSnapshotIdentifier: 'before-the-move' };
    const created = await east.send(new CreateDBSnapshotCommand(wish));
    assert.equal(created.DBSnapshot?.Status, 'creating');
    assert.equal((await describeOne(east, 'orders-east')).DBInstanceStatus, 'backing-up');
    await assert.rejects(east.send(new CreateDBSnapshotCommand({ ...wish, DBSnapshotIdentifier: 'another' })), {
      name: 'InvalidDBInstanceStateFault',
    });
    const done = await until(
      async () => (await east.send(new DescribeDBSnapshotsCommand(wish))).DBSnapshots![0]!,
      (snapshot) => snapshot.Status === 'available',
    );
    assert.equal(done.PercentProgress, 100);
    await available(east, 'orders-east');
    await assert.rejects(east.send(new CreateDBSnapshotCommand(wish)), { name: 'DBSnapshotAlreadyExistsFault' });
  });

  it('stays a replica when the promotion fails behind the scenes', async () => {
    const promote = range.estate.promote.bind(range.estate);
    range.estate.promote = () => Promise.reject(new Error('the standby does not answer'));
    await west.send(new PromoteReadReplicaCommand({ DBInstanceIdentifier: 'orders-west' }));
    const replica = await available(west, 'orders-west');
    range.estate.promote = promote;
    assert.equal(replica.ReadReplicaSourceDBInstanceIdentifier, arn('us-east-2', 'orders-east'));
    assert.deepEqual(range.lines.splice(0), ['the database orders-west failed while modifying: Error: the standby does not answer']);
  });

  it('promotes a replica once: `modifying` for a while, then standalone, then refused', async () => {
    const promote = new PromoteReadReplicaCommand({ DBInstanceIdentifier: 'orders-west' });
    const [one, other] = await Promise.allSettled([west.send(promote), west.send(promote)]);
    assert.deepEqual([one.status, other.status].sort(), ['fulfilled', 'rejected']);
    const answer = one.status === 'fulfilled' ? one.value : (other as PromiseFulfilledResult<PromoteReadReplicaCommandOutput>).value;
    assert.equal(answer.DBInstance?.DBInstanceStatus, 'modifying');
    assert.equal(answer.DBInstance?.ReadReplicaSourceDBInstanceIdentifier, arn('us-east-2', 'orders-east'));
    await assert.rejects(west.send(promote), { name: 'InvalidDBInstanceStateFault', message: /is modifying/ });

    const promoted = await available(west, 'orders-west');
    assert.equal(promoted.ReadReplicaSourceDBInstanceIdentifier, undefined);
    assert.equal(promoted.BackupRetentionPeriod, 1);
    assert.deepEqual((await describeOne(east, 'orders-east')).ReadReplicaDBInstanceIdentifiers ?? [], []);
    await assert.rejects(west.send(promote), { name: 'InvalidDBInstanceStateFault', message: /is not a read replica/ });
    assert.deepEqual(range.estate.done, ['snapshot orders-east', 'promote orders-west']);
  });

  it('sets an instance aside under another name, at once only when told so', async () => {
    range.estate.done.length = 0;
    const before = await describeOne(east, 'orders-east');
    const rename = { DBInstanceIdentifier: 'orders-east', NewDBInstanceIdentifier: 'orders-east-aside' };
    const waiting = await east.send(new ModifyDBInstanceCommand(rename));
    assert.equal(waiting.DBInstance?.DBInstanceIdentifier, 'orders-east');
    assert.deepEqual(range.estate.done, []);

    const renamed = await east.send(new ModifyDBInstanceCommand({ ...rename, ApplyImmediately: true }));
    assert.equal(renamed.DBInstance?.DBInstanceStatus, 'renaming');
    const aside = await available(east, 'orders-east-aside');
    assert.equal(aside.DbiResourceId, before.DbiResourceId);
    assert.equal(aside.Endpoint?.Port, 5401);
    await assert.rejects(describeOne(east, 'orders-east'), { name: 'DBInstanceNotFoundFault' });
    assert.deepEqual(range.estate.done, ['rename orders-east to orders-east-aside']);
  });

  it('builds a replica in the other region: `creating` without an endpoint, then `available`', async () => {
    range.estate.done.length = 0;
    const answer = await createReplica();
    assert.equal(answer.DBInstance?.DBInstanceStatus, 'creating');
    assert.equal(answer.DBInstance?.Endpoint, undefined);
    await assert.rejects(createReplica(), { name: 'DBInstanceAlreadyExistsFault' });

    const replica = await available(east, 'orders-east');
    assert.equal(replica.ReadReplicaSourceDBInstanceIdentifier, arn('us-west-2', 'orders-west'));
    assert.deepEqual([replica.Endpoint?.Port, replica.BackupRetentionPeriod, replica.DeletionProtection], [5403, 0, false]);
    assert.deepEqual((await describeOne(west, 'orders-west')).ReadReplicaDBInstanceIdentifiers, [arn('us-east-2', 'orders-east')]);
    assert.deepEqual(range.estate.done, ['create orders-east in east of orders-west']);
  });

  it('refuses a replica of an instance without backups', async () => {
    await west.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: 'orders-west', BackupRetentionPeriod: 0, ApplyImmediately: true }));
    assert.equal((await available(west, 'orders-west')).BackupRetentionPeriod, 0);
    const wish = { DBInstanceIdentifier: 'orders-west-2', SourceDBInstanceIdentifier: 'orders-west' };
    await assert.rejects(west.send(new CreateDBInstanceReadReplicaCommand(wish)), {
      name: 'InvalidDBInstanceStateFault',
      message: /Automated backups are not enabled/,
    });
  });

  it('deletes a replica for real, but nothing that is protected', async () => {
    range.estate.done.length = 0;
    const remove = (name: string) => east.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: name, SkipFinalSnapshot: true }));
    await assert.rejects(remove('orders-east-aside'), { name: 'InvalidParameterCombination' });
    await assert.rejects(east.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'orders-east' })), {
      message: /FinalDBSnapshotIdentifier/,
    });
    assert.equal((await remove('orders-east')).DBInstance?.DBInstanceStatus, 'deleting');
    await until(
      () => range.estate.databases.has('orders-east'),
      (there) => !there,
    );
    assert.deepEqual(range.estate.done, ['remove orders-east']);
    await assert.rejects(describeOne(east, 'orders-east'), { name: 'DBInstanceNotFoundFault' });
  });

  it('logs every call, and tells which of them change something', () => {
    const changing = range.gateway.calls().filter((call) => call.stateChanging && call.status === 200);
    assert.deepEqual(
      changing.map(({ region, action }) => `${region} ${action}`),
      [
        'east CreateDBSnapshot',
        'west PromoteReadReplica',
        'west PromoteReadReplica',
        'east ModifyDBInstance',
        'east ModifyDBInstance',
        'east CreateDBInstanceReadReplica',
        'west ModifyDBInstance',
        'east DeleteDBInstance',
      ],
    );
    assert.ok(range.gateway.calls().some(({ action, stateChanging }) => action === 'DescribeDBInstances' && !stateChanging));
    range.gateway.clearCalls();
    assert.deepEqual(range.gateway.calls(), []);
    assert.deepEqual(range.lines, []);
  });
});
