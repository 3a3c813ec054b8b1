import { DescribeDBInstancesCommand, ModifyDBInstanceCommand } from '@aws-sdk/client-rds';
import type { RegionName } from '../contract.ts';
import type { Estate } from '../estate.ts';
import { queryAnswer, Refusal, type Answer } from './answers.ts';
import { awsRegions, withForm, type Call, type Handlers } from './call.ts';
import type { Instance, Instances } from './instances.ts';
import type { Moto } from './moto.ts';
import { elements } from './xml.ts';

/** Calls of RDS that act on the real databases. */
export function rdsHandlers(moto: Moto, estate: Estate, instances: Instances): Handlers {
  /** Passes on to moto, lets the real work begin when moto agreed, and answers with what is true then. */
  const pass = async (call: Call, begin: () => Promise<void> | void = () => undefined): Promise<Answer> => {
    const answer = await moto.forward(call);
    if (answer.status === 200) await begin();
    return { ...answer, body: instances.dress(answer.body) };
  };
  const isReplica = (instance: Instance) => estate.database(instance.name)?.role === 'replica';

  return {
    'rds:DescribeDBInstances': (call) => pass(call),

    'rds:PromoteReadReplica': async (call) => {
      const replica = instances.available(identifier(call), call.place);
      if (!isReplica(replica)) throw new Refusal('InvalidDBInstanceState', `DB Instance ${replica.name} is not a read replica.`);
      const retention = call.form.get('BackupRetentionPeriod') ?? '1';
      const source = estate.database(replica.name)?.source;
      return pass(withForm(call, { BackupRetentionPeriod: retention }), () => {
        replica.shownSource = source;
        instances.work(replica, 'modifying', () => estate.promote(replica.name));
      });
    },

    'rds:CreateDBInstanceReadReplica': async (call) => {
      const region = regional(call);
      const name = identifier(call);
      refuseTaken(instances, name, call);
      const source = await replicaSource(call, moto, estate, instances);
      // moto gives a replica the settings of its source; AWS does not.
      const own = { MultiAZ: 'false', DeletionProtection: 'false', AvailabilityZone: `${awsRegions[region]}a` };
      const asked = Object.fromEntries(Object.entries(own).filter(([parameter]) => !call.form.has(parameter)));
      return pass(withForm(call, asked), async () => {
        const retention = Number(call.form.get('BackupRetentionPeriod') ?? 0);
        await moto.regions[region].rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: name, BackupRetentionPeriod: retention }));
        const replica = instances.add(name, region);
        replica.shownSource = source.name;
        instances.work(replica, 'creating', () => estate.createReplica(name, region, source.name));
      });
    },

    'rds:ModifyDBInstance': async (call) => {
      const instance = instances.available(identifier(call), call.place);
      const newName = call.form.get('NewDBInstanceIdentifier');
      if (newName === null) return pass(call, () => instances.work(instance, 'modifying'));
      refuseTaken(instances, newName, call);
      // Without ApplyImmediately a rename waits for the maintenance window, which the range never reaches.
      if (call.form.get('ApplyImmediately') !== 'true') return unchanged(call, pass);
      return pass(call, () => {
        const oldName = instance.name;
        instance.name = newName;
        instances.work(instance, 'renaming', () => estate.rename(oldName, newName));
      });
    },

    'rds:DeleteDBInstance': async (call) => {
      const instance = instances.find(identifier(call), call.place);
      if (call.form.get('SkipFinalSnapshot') !== 'true' && !call.form.has('FinalDBSnapshotIdentifier')) {
        const message = 'FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.';
        throw new Refusal('InvalidParameterCombination', message);
      }
      // moto fails on a replica whose source is in another region or has another name by now.
      if (instance && isReplica(instance)) await moto.forward(withForm(call, { Action: 'PromoteReadReplica' }));
      return pass(call, () => {
        if (!instance) return;
        instances.work(instance, 'deleting', async () => {
          await estate.remove(instance.name);
          instances.remove(instance);
        });
      });
    },

    // The range has no database behind these: better refused than pretended.
    ...Object.fromEntries(notOnTheRange.map((action) => [`rds:${action}`, refuseUnsupported])),
  };
}

const notOnTheRange = [
  'CreateDBInstance',
  'RestoreDBInstanceFromDBSnapshot',
  'RestoreDBInstanceToPointInTime',
  'StartDBInstance',
  'StopDBInstance',
  'RebootDBInstance',
  'SwitchoverReadReplica',
];

async function refuseUnsupported(call: Call): Promise<Answer> {
  throw new Refusal('UnsupportedOperation', `The practice range does not offer ${call.action}.`);
}

async function replicaSource(call: Call, moto: Moto, estate: Estate, instances: Instances): Promise<Instance> {
  const asked = call.form.get('SourceDBInstanceIdentifier') ?? '';
  const [, arnRegion, arnName] = /^arn:aws:rds:([^:]+):[^:]*:db:(.+)$/.exec(asked) ?? [];
  const region = arnRegion === undefined ? regional(call) : placeOf(arnRegion);
  const source = instances.available(arnName ?? asked, region);
  const state = estate.database(source.name);
  if (state?.role !== 'primary' || !state.running || estate.lost(region)) {
    throw new Refusal('InvalidDBInstanceState', `Database instance ${source.name} cannot be replicated: it is no running primary.`);
  }
  const found = await moto.regions[region].rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: source.name }));
  if (!found.DBInstances?.[0]?.BackupRetentionPeriod) {
    const fix = 'To enable automated backups, use ModifyDBInstance to set the backup retention period to a non-zero value.';
    throw new Refusal('InvalidDBInstanceState', `Automated backups are not enabled for this database instance. ${fix}`);
  }
  return source;
}

async function unchanged(call: Call, pass: (call: Call) => Promise<Answer>): Promise<Answer> {
  const described = await pass(withForm(call, { Action: 'DescribeDBInstances' }));
  return queryAnswer(call, `<DBInstance>${elements(described.body, 'DBInstance').join('')}</DBInstance>`);
}

function refuseTaken(instances: Instances, name: string, call: Call): void {
  if (instances.find(name, call.place)) throw new Refusal('DBInstanceAlreadyExists', 'DB instance already exists');
}

function identifier(call: Call): string {
  return call.form.get('DBInstanceIdentifier') ?? '';
}

/** Region that a regional call is made in; refuses on the global endpoint, where nothing regional is. */
export function regional(call: Call): RegionName {
  if (call.place !== 'global') return call.place;
  throw new Refusal('InvalidParameterValue', `The practice estate has no ${call.service} in ${awsRegions.global}.`);
}

function placeOf(awsRegion: string): RegionName {
  if (awsRegion === awsRegions.east) return 'east';
  if (awsRegion === awsRegions.west) return 'west';
  throw new Refusal('DBInstanceNotFound', `The practice estate has nothing in ${awsRegion}.`, 404);
}
