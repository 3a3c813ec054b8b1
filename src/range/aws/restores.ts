import type { RestoreSource, RestoreWindow } from '../database-estate.ts';
import { queryAnswer, Refusal, type Answer } from './answers.ts';
import { account, awsRegions, type Call, type Handlers } from './call.ts';
import type { Instance } from './instances.ts';
import { inheritance, snapshotArn, type Inherited } from './snapshot-records.ts';
import type { SnapshotParts } from './snapshots.ts';
import { elements, toXml } from './xml.ts';
import { regional } from './regional.ts';

/** Calls that make an instance from what was kept, and that tell what it can be made from. */
export function restoreHandlers({ moto, estate, instances, records, backups }: SnapshotParts): Handlers {
  const create = async (call: Call, name: string, inherited: Inherited, from: () => RestoreSource): Promise<Answer> => {
    const region = regional(call);
    instances.mustBeFree(name, region);
    const form = creation(call.form, name, inherited);
    const made = await moto.forward({ ...call, form, body: form.toString() });
    if (made.status !== 200) return made;
    const instance = instances.add(name, region);
    instances.work(instance, 'creating', async () => {
      await estate.restore(instance.name, region, from());
      await backups.take(instance);
    });
    return queryAnswer(call, `<DBInstance>${elements(instances.dress(made.body), 'DBInstance').join('')}</DBInstance>`);
  };

  const automatedBackup = async (instance: Instance): Promise<object | undefined> => {
    const described = await backups.describe(instance);
    if (!described.BackupRetentionPeriod) return undefined;
    const window = estate.restoreWindow(instance.name);
    return {
      DBInstanceIdentifier: instance.name,
      DBInstanceArn: `arn:aws:rds:${awsRegions[instance.region]}:${account}:db:${instance.name}`,
      DbiResourceId: instance.resourceId,
      Region: awsRegions[instance.region],
      Status: window ? 'active' : 'creating',
      RestoreWindow: window && { EarliestTime: window.earliest, LatestTime: window.latest },
      Engine: described.Engine,
      EngineVersion: described.EngineVersion,
      AllocatedStorage: described.AllocatedStorage,
      BackupRetentionPeriod: described.BackupRetentionPeriod,
    };
  };

  return {
    'rds:RestoreDBInstanceToPointInTime': async (call) => {
      const source = instances.source(call.form, call.place);
      const described = await backups.describe(source);
      if (!described.BackupRetentionPeriod) {
        throw new Refusal('PointInTimeRestoreNotEnabled', `Automated backups are not enabled for the DB instance ${source.name}.`);
      }
      const window = estate.restoreWindow(source.name);
      if (!window) throw new Refusal('InvalidDBInstanceState', `The DB instance ${source.name} has no automated backup yet.`);
      const at = timeOf(call.form, window);
      const target = call.form.get('TargetDBInstanceIdentifier') ?? '';
      return create(call, target, inheritance(described), () => ({ source: source.name, at }));
    },

    'rds:RestoreDBInstanceFromDBSnapshot': async (call) => {
      const asked = call.form.get('DBSnapshotIdentifier') ?? '';
      const arn = asked.startsWith('arn:') ? asked : snapshotArn(regional(call), asked);
      const record = records.find(arn);
      if (record?.region !== call.place) throw new Refusal('DBSnapshotNotFound', `DBSnapshot ${asked} not found.`, 404);
      const { status } = records.progress(record);
      if (status !== 'available') throw new Refusal('InvalidDBSnapshotState', `The snapshot ${asked} is ${status}.`);
      return create(call, call.form.get('DBInstanceIdentifier') ?? '', record.inherited, () => ({ snapshot: arn }));
    },

    'rds:DescribeDBInstanceAutomatedBackups': async (call) => {
      const region = regional(call);
      const asked = call.form.get('DBInstanceIdentifier');
      const here = instances.in(region).filter(({ name }) => asked === null || name === asked);
      if (asked !== null && here.length === 0) {
        throw new Refusal('DBInstanceAutomatedBackupNotFound', `There is no automated backup of ${asked}.`, 404);
      }
      const found = (await Promise.all(here.map(automatedBackup))).filter((backup) => backup !== undefined);
      const members = found.map((backup) => `<DBInstanceAutomatedBackup>${toXml(backup)}</DBInstanceAutomatedBackup>`);
      return queryAnswer(call, `<DBInstanceAutomatedBackups>${members.join('')}</DBInstanceAutomatedBackups>`);
    },
  };
}

/** Parameters of a restore that say what to restore, not how the new instance shall be. */
const ofTheRestore =
  /^(Action|(Source|Target)DB\w+|DB(Instance|Snapshot)Identifier|SourceDbiResourceId|RestoreTime|UseLatestRestorableTime)$/;

/** CreateDBInstance with what the call says, then what is inherited; all else is moto's default, which is as unkind as RDS's. */
function creation(asked: URLSearchParams, name: string, inherited: Inherited): URLSearchParams {
  const said = [...asked].filter(([key]) => !ofTheRestore.test(key));
  const saidNames = new Set(said.map(([key]) => key.split('.')[0]));
  const others = Object.entries({ DBSubnetGroupName: 'default', ...inherited }).filter(([key]) => !saidNames.has(key));
  return new URLSearchParams([['Action', 'CreateDBInstance'], ['DBInstanceIdentifier', name], ...said, ...others]);
}

function timeOf(form: URLSearchParams, { earliest, latest }: RestoreWindow): Date {
  const asked = form.get('RestoreTime');
  const newest = form.get('UseLatestRestorableTime') === 'true';
  if ((asked === null) !== newest) {
    throw new Refusal('InvalidParameterCombination', 'Specify either RestoreTime or UseLatestRestorableTime.');
  }
  if (asked === null) return latest;
  const at = new Date(asked);
  if (at >= earliest && at <= latest) return at;
  const window = `${earliest.toISOString()} to ${latest.toISOString()}`;
  throw new Refusal('InvalidRestoreFault', `The time ${asked} is not in the restore window of the source: ${window}.`);
}
