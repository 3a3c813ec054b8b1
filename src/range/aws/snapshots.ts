import type { RegionName } from '../contract.ts';
import type { Estate } from '../estate.ts';
import { Refusal, unavailable, type Answer } from './answers.ts';
import type { Backups } from './backups.ts';
import { awsRegions, type Call, type Handlers } from './call.ts';
import type { Instances } from './instances.ts';
import type { Moto } from './moto.ts';
import { inheritance, snapshotArn, type SnapshotRecord, type SnapshotRecords } from './snapshot-records.ts';
import { elementText, mapElements, setElement } from './xml.ts';
import { regional } from './regional.ts';

export interface SnapshotParts {
  moto: Moto;
  estate: Estate;
  instances: Instances;
  records: SnapshotRecords;
  backups: Backups;
  log: (line: string) => void;
}

/** Snapshots with real data. They take a while, and so does their instance: `creating` beside `backing-up`, then `available`. */
export function snapshotHandlers({ moto, estate, instances, records, backups, log }: SnapshotParts): Handlers {
  const dressed = (answer: Answer): Answer => ({
    ...answer,
    body: mapElements(answer.body, 'DBSnapshot', (xml) => {
      const record = records.find(elementText(xml, 'DBSnapshotArn') ?? '');
      // moto has records of automated snapshots that nobody took.
      return record && truth(xml, record, records, estate);
    }),
  });

  return {
    'rds:DescribeDBSnapshots': async (call) => dressed(await moto.forward(call)),

    'rds:CreateDBSnapshot': async (call) => {
      const instance = instances.available(call.form.get('DBInstanceIdentifier') ?? '', call.place);
      if (!estate.database(instance.name)?.running) {
        throw new Refusal('InvalidDBInstanceState', `Database instance ${instance.name} does not run: no snapshot can be taken.`);
      }
      const inherited = inheritance(await backups.describe(instance));
      const answer = await moto.forward(call);
      if (answer.status !== 200) return answer;
      const record = records.add(instance.region, identifier(call), inherited);
      instances.work(instance, 'backing-up', () => records.make(record, () => estate.takeSnapshot(record.arn, instance.name, 'manual')));
      return dressed(answer);
    },

    'rds:CopyDBSnapshot': async (call) => {
      const region = regional(call);
      const source = sourceOf(call, region, records);
      if (estate.lost(source.region)) return unavailable(call, `${awsRegions[source.region]} does not answer.`);
      const { status } = records.progress(source);
      if (status !== 'available') throw new Refusal('InvalidDBSnapshotState', `The snapshot ${source.arn} is ${status}.`);
      const answer = await moto.forward(call);
      if (answer.status !== 200) return answer;
      const key = call.form.get('KmsKeyId');
      const inherited = { ...source.inherited, ...(key ? { KmsKeyId: key, StorageEncrypted: 'true' } : {}) };
      const record = records.add(region, call.form.get('TargetDBSnapshotIdentifier') ?? '', inherited, source.arn);
      const copy = async () => {
        await estate.copySnapshot(record.arn, source.arn);
        if (estate.lost(source.region) || estate.lost(region)) throw new Error('a region was lost meanwhile');
      };
      void records.make(record, copy).catch((error: unknown) => log(`the copy of the snapshot ${source.arn} failed: ${String(error)}`));
      return dressed(answer);
    },

    'rds:DeleteDBSnapshot': async (call) => {
      const id = identifier(call);
      if (id.startsWith('rds:')) {
        throw new Refusal('InvalidDBSnapshotState', `${id} is an automated snapshot: it goes with its instance, or with its age.`);
      }
      const answer = await moto.forward(call);
      if (answer.status !== 200) return answer;
      const shown = dressed(answer);
      const arn = snapshotArn(regional(call), id);
      records.remove(arn);
      await estate.dropSnapshot(arn);
      return shown;
    },
  };
}

/** The record of the snapshot that a call names by `SourceDBSnapshotIdentifier`: a name in its own region, an ARN in any. */
function sourceOf(call: Call, region: RegionName, records: SnapshotRecords): SnapshotRecord {
  const asked = call.form.get('SourceDBSnapshotIdentifier') ?? '';
  const found = records.find(asked.startsWith('arn:') ? asked : snapshotArn(region, asked));
  if (!found) throw new Refusal('DBSnapshotNotFound', `DBSnapshot ${asked} not found.`, 404);
  return found;
}

function truth(xml: string, record: SnapshotRecord, records: SnapshotRecords, estate: Estate): string {
  const { status, percent } = records.progress(record);
  const takenAt = estate.snapshotTakenAt(record.arn)?.toISOString();
  const elements: [name: string, inner: string][] = [
    ['Status', status],
    ['PercentProgress', String(percent)],
    ...(takenAt && status === 'available' ? times(takenAt, record) : []),
    ...(record.copyOf
      ? ([
          ['SourceDBSnapshotIdentifier', record.copyOf],
          ['SourceRegion', record.copyOf.split(':')[3]!],
        ] as [string, string][])
      : []),
  ];
  return elements.reduce((dressed, [name, inner]) => setElement(dressed, name, inner), xml);
}

/** As on AWS, a copy has a time of its own beside the one as of which its data are. */
function times(takenAt: string, { copyOf, startedAt }: SnapshotRecord): [name: string, inner: string][] {
  return [
    ['SnapshotCreateTime', copyOf ? new Date(startedAt).toISOString() : takenAt],
    ['OriginalSnapshotCreateTime', takenAt],
  ];
}

function identifier(call: Call): string {
  return call.form.get('DBSnapshotIdentifier') ?? '';
}
