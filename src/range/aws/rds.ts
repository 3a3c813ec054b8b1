import { ModifyDBInstanceCommand } from '@aws-sdk/client-rds';
import type { RegionName } from '../contract.ts';
import { queryAnswer, Refusal, type Answer } from './answers.ts';
import { awsRegions, withForm, type Call, type Handlers } from './call.ts';
import type { Instance } from './instances.ts';
import { inheritance } from './snapshot-records.ts';
import type { SnapshotParts } from './snapshots.ts';
import { elements } from './xml.ts';
import { regional } from './regional.ts';

/** Calls of RDS that act on the real databases. */
export function rdsHandlers(parts: SnapshotParts): Handlers {
  const { moto, estate, instances, records, backups } = parts;
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
        instances.work(replica, 'modifying', async () => {
          await estate.promote(replica.name);
          backups.begin(replica);
        });
      });
    },

    'rds:CreateDBInstanceReadReplica': async (call) => {
      const region = regional(call);
      const name = identifier(call);
      instances.mustBeFree(name, region);
      const source = await replicaSource(call, parts);
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
      if (newName === null) return pass(call, () => instances.work(instance, 'modifying', () => keepOrDropBackups(call, instance, parts)));
      instances.mustBeFree(newName, call.place);
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
      const inherited = instance ? inheritance(await backups.describe(instance)) : {};
      const answer = await pass(call, () => {
        if (instance) instance.status = 'deleting';
      });
      if (answer.status !== 200 || !instance) return answer;
      const last = call.form.get('SkipFinalSnapshot') === 'true' ? null : call.form.get('FinalDBSnapshotIdentifier');
      const record = last === null ? undefined : records.add(instance.region, last, inherited);
      // moto has forgotten it by now: whoever reads that it is gone must find its name free.
      await instances.quietly(instance, async () => {
        if (record) await records.make(record, () => estate.takeSnapshot(record.arn, instance.name, 'manual'));
        await estate.remove(instance.name);
        instances.remove(instance);
      });
      return answer;
    },

    'rds:StopDBInstance': async (call) => {
      const instance = instances.available(identifier(call), call.place);
      const replicas = instances
        .in('east')
        .concat(instances.in('west'))
        .filter(({ name }) => estate.database(name)?.source === instance.name);
      if (isReplica(instance) || replicas.length > 0) {
        throw new Refusal('InvalidDBInstanceState', `${instance.name} is a read replica or has one: it cannot be stopped.`);
      }
      return pass(call, () => instances.work(instance, 'stopping', () => estate.halt(instance.name), 'stopped'));
    },

    'rds:StartDBInstance': async (call) => {
      const instance = instances.find(identifier(call), call.place);
      if (!instance) throw new Refusal('DBInstanceNotFound', `DBInstance ${identifier(call)} not found.`, 404);
      if (instance.status !== 'stopped') throw new Refusal('InvalidDBInstanceState', `Instance ${instance.name} is not stopped.`);
      return pass(call, () => instances.work(instance, 'starting', () => estate.resume(instance.name)));
    },

    // The range has no database behind these: better refused than pretended.
    ...Object.fromEntries(notOnTheRange.map((action) => [`rds:${action}`, refuseUnsupported])),
  };
}

const notOnTheRange = ['CreateDBInstance', 'RebootDBInstance', 'SwitchoverReadReplica'];

async function refuseUnsupported(call: Call): Promise<Answer> {
  throw new Refusal('UnsupportedOperation', `The practice range does not offer ${call.action}.`);
}

/** The backups of an instance follow its retention: from none to some days they begin, back to none they go. */
async function keepOrDropBackups(call: Call, instance: Instance, { estate, backups }: SnapshotParts): Promise<void> {
  if (!call.form.has('BackupRetentionPeriod')) return;
  if (Number(call.form.get('BackupRetentionPeriod')) === 0) await estate.dropBackups(instance.name);
  else backups.begin(instance);
}

async function replicaSource(call: Call, { estate, instances, backups }: SnapshotParts): Promise<Instance> {
  const asked = call.form.get('SourceDBInstanceIdentifier') ?? '';
  const [, arnRegion, arnName] = /^arn:aws:rds:([^:]+):[^:]*:db:(.+)$/.exec(asked) ?? [];
  const region = arnRegion === undefined ? regional(call) : placeOf(arnRegion);
  const source = instances.available(arnName ?? asked, region);
  const state = estate.database(source.name);
  if (state?.role !== 'primary' || !state.running || estate.lost(region)) {
    throw new Refusal('InvalidDBInstanceState', `Database instance ${source.name} cannot be replicated: it is no running primary.`);
  }
  if (!(await backups.describe(source)).BackupRetentionPeriod) {
    const fix = 'To enable automated backups, use ModifyDBInstance to set the backup retention period to a non-zero value.';
    throw new Refusal('InvalidDBInstanceState', `Automated backups are not enabled for this database instance. ${fix}`);
  }
  return source;
}

async function unchanged(call: Call, pass: (call: Call) => Promise<Answer>): Promise<Answer> {
  const described = await pass(withForm(call, { Action: 'DescribeDBInstances' }));
  return queryAnswer(call, `<DBInstance>${elements(described.body, 'DBInstance').join('')}</DBInstance>`);
}

function identifier(call: Call): string {
  return call.form.get('DBInstanceIdentifier') ?? '';
}

function placeOf(awsRegion: string): RegionName {
  if (awsRegion === awsRegions.east) return 'east';
  if (awsRegion === awsRegions.west) return 'west';
  throw new Refusal('DBInstanceNotFound', `The practice estate has nothing in ${awsRegion}.`, 404);
}
