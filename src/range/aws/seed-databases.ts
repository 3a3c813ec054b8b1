import { CreateSecurityGroupCommand, DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import {
  CreateDBInstanceCommand,
  CreateDBInstanceReadReplicaCommand,
  CreateDBParameterGroupCommand,
  CreateDBSubnetGroupCommand,
  ModifyDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { account, awsRegions } from './call.ts';
import type { Moto, RegionClients } from './moto.ts';

export const primary = 'orders-east';
export const replica = 'orders-west';
/** Tags of everything in the practice estate. */
export const tags = [{ Key: 'system', Value: 'shop' }];

const parameters = { DBParameterGroupName: 'orders-postgres', DBParameterGroupFamily: 'postgres18', Description: 'Settings of the orders' };

/** Puts the databases into moto, with the settings that a new instance would not have by itself. */
export async function seedDatabases({ regions: { east, west } }: Moto): Promise<void> {
  const [eastPlace, westPlace] = await Promise.all([seedPlace(east), seedPlace(west)]);
  await east.rds.send(
    new CreateDBInstanceCommand({
      ...eastPlace,
      DBInstanceIdentifier: primary,
      DBInstanceClass: 'db.m7g.large',
      Engine: 'postgres',
      EngineVersion: '18.1',
      DBName: 'orders',
      AllocatedStorage: 100,
      StorageType: 'gp3',
      MasterUsername: 'orders',
      MasterUserPassword: 'not-the-real-one',
      MultiAZ: true,
      BackupRetentionPeriod: 7,
      DeletionProtection: true,
      CopyTagsToSnapshot: true,
      EnableIAMDatabaseAuthentication: true,
      EnableCloudwatchLogsExports: ['postgresql', 'upgrade'],
      Tags: tags,
    }),
  );
  await west.rds.send(
    new CreateDBInstanceReadReplicaCommand({
      ...westPlace,
      DBInstanceIdentifier: replica,
      SourceDBInstanceIdentifier: `arn:aws:rds:${awsRegions.east}:${account}:db:${primary}`,
      AvailabilityZone: `${awsRegions.west}a`,
      MultiAZ: false,
      DeletionProtection: true,
      Tags: tags,
    }),
  );
  // As RDS does for a new replica of PostgreSQL; moto takes over what the source has.
  await west.rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: replica, BackupRetentionPeriod: 0, ApplyImmediately: true }));
}

/** What a region has for its databases, beside the defaults that every account has. */
async function seedPlace({ ec2, rds }: RegionClients) {
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  const SubnetIds = Subnets.map(({ SubnetId }) => SubnetId!);
  const group = (DBSubnetGroupName: string, ids: string[]) =>
    rds.send(new CreateDBSubnetGroupCommand({ DBSubnetGroupName, DBSubnetGroupDescription: DBSubnetGroupName, SubnetIds: ids }));
  const [security] = await Promise.all([
    ec2.send(
      new CreateSecurityGroupCommand({ GroupName: 'orders-database', Description: 'Who may reach the orders', VpcId: Subnets[0]!.VpcId! }),
    ),
    rds.send(new CreateDBParameterGroupCommand(parameters)),
    group('default', SubnetIds),
    group('orders', SubnetIds.slice(0, 2)),
  ]);
  return {
    DBSubnetGroupName: 'orders',
    DBParameterGroupName: parameters.DBParameterGroupName,
    VpcSecurityGroupIds: [security.GroupId!],
  };
}
