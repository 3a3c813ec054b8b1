import {
  RestoreDBInstanceFromDBSnapshotCommand,
  RestoreDBInstanceToPointInTimeCommand,
  type DBInstance,
  type DBSnapshot,
} from '@aws-sdk/client-rds';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { type Aws, isOurs, makerTags, instanceName } from '../aws/index.ts';
import { change, failure, isUnreachable, proof, read } from '../kit/index.ts';
import { findInstance, untilInstance, type NamedInstance } from './instances.ts';
import { refuseTime, windowOf, type RestoreWindow } from './restore-window.ts';
import {
  differencesOf,
  elsewhere,
  environmentSettings,
  restoreSettings,
  snapshotSettings,
  type Difference,
  type Settings,
} from './settings.ts';
import { findSnapshot } from './snapshots.ts';
import type { Where } from '../postgres/index.ts';

/** A new instance beside what there is. */
interface Beside extends NamedInstance {
  database: string;
}
interface ToTime extends Beside {
  /** ISO text. */
  at: string;
}
interface FromSnapshot extends Beside {
  snapshot: string;
  /** Whose instance lends its settings; the environment and the snapshot itself when it is null or cannot be read. */
  like: { region: string } | null;
}

const patience = 10 * 60_000;

/** Restores. They always make a new instance, and never touch the one that they are of. */
export function restoreActivities(environment: Environment, aws: Aws) {
  const sourceName = ({ database, region }: Where) => instanceName(environment, { database, region });
  /** Reads the settings that a restored instance shall have. */
  const settingsLike = async ({ database, region, like }: FromSnapshot, snapshot: DBSnapshot | undefined): Promise<Settings> => {
    const named = environmentSettings(environment.databases[database]!.regions[region]!);
    const found = like && (await lenient(findInstance(aws, like.region, sourceName({ database, region: like.region }))));
    if (!found) return { ...(snapshot && snapshotSettings(snapshot)), ...named };
    return like.region === region ? found : { ...elsewhere(found), ...named };
  };
  const toTime = ({ instance, at }: ToTime, source: DBInstance) =>
    new RestoreDBInstanceToPointInTimeCommand({
      SourceDBInstanceIdentifier: source.DBInstanceIdentifier,
      TargetDBInstanceIdentifier: instance,
      RestoreTime: new Date(at),
      ...restoreSettings(source, makerTags(instance)),
      ...(source.MaxAllocatedStorage ? { MaxAllocatedStorage: source.MaxAllocatedStorage } : {}),
    });
  const fromSnapshot = ({ instance, snapshot }: FromSnapshot, settings: Settings) =>
    new RestoreDBInstanceFromDBSnapshotCommand({
      DBInstanceIdentifier: instance,
      DBSnapshotIdentifier: snapshot,
      ...restoreSettings(settings, makerTags(instance)),
    });
  const available = async ({ region, instance }: NamedInstance) => {
    const is = await untilInstance(aws, region, instance, {
      what: 'to be restored and available',
      within: patience,
      is: ({ status, host, port }) => status === 'available' && host !== null && port !== null,
    });
    return { instance, host: is.host!, port: is.port! };
  };

  return {
    restoreWindow: read(async (where: Where): Promise<RestoreWindow> => {
      const instance = sourceName(where);
      return windowOf(aws, where.region, instance, await findInstance(aws, where.region, instance));
    }),

    /** Makes a new instance as the region's was at a time, with its settings. Adopts one that this run has begun. */
    restoreToTime: change({
      look: async (asked: ToTime) => {
        const name = sourceName(asked);
        if (Number.isNaN(Date.parse(asked.at))) throw failure(Failure.InvalidInput, `not a time: ${asked.at}`);
        if (asked.instance === name) throw failure(Failure.Permanent, `${name}: needed a new name to restore to, have the source's own`);
        const [target, source] = await Promise.all([asked.instance, name].map((one) => findInstance(aws, asked.region, one)));
        const so = isOurs(target?.TagList);
        if (!so && !source) throw failure(Failure.Permanent, `${name} in ${asked.region}: needed an instance to restore, have none`);
        return { so, found: sayTarget(asked, target), target, source: source ?? {} };
      },
      predict: (asked, { source }) => ({
        calls: [aws.predicted('rds', asked.region, toTime(asked, source))],
        result: { instance: asked.instance, host: '', port: 0 },
      }),
      refuse: async (asked, { target, source }) => {
        refuseTaken(asked, target);
        refuseTime(asked, await windowOf(aws, asked.region, sourceName(asked), source));
      },
      act: async (asked, { source }) => {
        await aws.client('rds', asked.region).send(toTime(asked, source));
      },
      prove: (asked) => available(asked),
    }),

    /** Makes a new instance from a snapshot of its region. Adopts one that this run has begun. */
    restoreSnapshot: change({
      look: async (asked: FromSnapshot) => {
        sourceName(asked);
        const [target, snapshot] = await Promise.all([
          findInstance(aws, asked.region, asked.instance),
          findSnapshot(aws, asked.region, asked.snapshot),
        ]);
        const settings = await settingsLike(asked, snapshot);
        return { so: isOurs(target?.TagList), found: sayTarget(asked, target), target, snapshot, settings };
      },
      predict: (asked, { settings }) => ({
        calls: [aws.predicted('rds', asked.region, fromSnapshot(asked, settings))],
        result: { instance: asked.instance, host: '', port: 0 },
      }),
      refuse: (asked, { target, snapshot }) => {
        refuseTaken(asked, target);
        const have = snapshot?.Status;
        if (have === 'available') return;
        const name = have === 'creating' ? Failure.NotYet : Failure.Permanent;
        throw failure(name, `snapshot ${asked.snapshot} in ${asked.region}: needed status available, have ${have ?? 'none of that name'}`);
      },
      act: async (asked, { settings }) => {
        await aws.client('rds', asked.region).send(fromSnapshot(asked, settings));
      },
      prove: (asked) => available(asked),
    }),

    /** What an instance has otherwise than the database's instance in its region, or in another one. */
    compareSettings: proof(
      async ({ database, region, instance, like = { region } }: Beside & { like?: { region: string } }): Promise<Difference[]> => {
        const name = sourceName({ database, region: like.region });
        const [source, restored] = await Promise.all([findInstance(aws, like.region, name), findInstance(aws, region, instance)]);
        if (!source) throw failure(Failure.Permanent, `${name} in ${like.region}: needed an instance to compare with, have none`);
        if (!restored) throw failure(Failure.Permanent, `${instance} in ${region}: needed an instance to compare, have none`);
        return like.region === region ? differencesOf(source, restored) : differencesOf(elsewhere(source), elsewhere(restored));
      },
    ),
  };
}

/** A region that does not answer has no settings to give. */
async function lenient(reading: Promise<DBInstance | undefined>): Promise<DBInstance | undefined> {
  return reading.catch((error: unknown) => {
    if (isUnreachable(error)) return undefined;
    throw error;
  });
}

function sayTarget({ instance }: NamedInstance, target: DBInstance | undefined): string {
  return target ? `${instance} is ${target.DBInstanceStatus}` : `there is no ${instance}`;
}

function refuseTaken({ region, instance }: NamedInstance, target: DBInstance | undefined): void {
  if (!target) return;
  throw failure(Failure.Permanent, `${instance} in ${region}: needed a free name, have an instance that this run did not make`);
}
