import { DeleteDBInstanceCommand, ModifyDBInstanceCommand, type DBInstance } from '@aws-sdk/client-rds';
import { Failure } from '../../workflows/failures.ts';
import { type Aws, isOurs, madeAs } from '../aws/index.ts';
import { change, currentStep, failure } from '../kit/index.ts';
import { findInstance, untilInstance, type NamedInstance } from './instances.ts';

/** An instance of a region gets another name. */
export interface Rename {
  region: string;
  from: string;
  to: string;
}

const patience = 10 * 60_000;

/** Gives instances other names, and takes away what a run made itself. */
export function nameChanges(aws: Aws) {
  const unprotect = (instance: string) =>
    new ModifyDBInstanceCommand({ DBInstanceIdentifier: instance, DeletionProtection: false, ApplyImmediately: true });
  const remove = (instance: string) =>
    new DeleteDBInstanceCommand({ DBInstanceIdentifier: instance, SkipFinalSnapshot: true, DeleteAutomatedBackups: true });

  return {
    /** Gives an instance another name, and with it the endpoint of that name; it restarts. */
    renameDatabase: change({
      look: async (asked: Rename) => {
        const { region, from, to } = asked;
        const [old, renamed] = await Promise.all([from, to].map((name) => findInstance(aws, region, name)));
        const step = currentStep();
        if (old) step.carried.seen ??= old.DbiResourceId ?? '';
        const so = !old && isTheSame(renamed);
        if (!so && !old && step.mode === 'live')
          throw failure(Failure.Permanent, `${from} in ${region}: needed an instance to rename to ${to}, have none`);
        return { so, found: [say(from, old), say(to, renamed)].join(', '), old, renamed };
      },
      predict: (asked, { old }) => ({
        calls: [aws.predicted('rds', asked.region, rename(asked))],
        result: { instance: asked.to, host: old?.Endpoint?.Address ?? '', port: old?.Endpoint?.Port ?? 0 },
      }),
      refuse: ({ region, to }, { old, renamed }) => {
        if (renamed)
          throw failure(Failure.Permanent, `${to} in ${region}: needed a free name, have an instance that is ${renamed.DBInstanceStatus}`);
        if (old?.DBInstanceStatus !== 'available')
          throw failure(
            Failure.NotYet,
            `${old?.DBInstanceIdentifier} in ${region}: needed status available, have ${old?.DBInstanceStatus}`,
          );
      },
      act: async (asked) => {
        await aws.client('rds', asked.region).send(rename(asked));
      },
      prove: (asked) => untilRenamed(aws, asked),
    }),

    /** Deletes an instance with its backups: only one that this run made, under the name that it was made with. */
    removeInstance: change({
      look: async ({ region, instance }: NamedInstance) => {
        const found = await findInstance(aws, region, instance);
        if (found) refuseOthers(region, instance, found);
        const so = !found || found.DBInstanceStatus === 'deleting';
        return { so, found: say(instance, found), protectedBy: found?.DeletionProtection === true };
      },
      // In simulate it was never made.
      predictAnyway: true,
      predict: ({ region, instance }, { protectedBy }) => ({
        calls: [...(protectedBy ? [unprotect(instance)] : []), remove(instance)].map((command) => aws.predicted('rds', region, command)),
        result: { instance },
      }),
      act: async ({ region, instance }, { protectedBy }) => {
        const rds = aws.client('rds', region);
        if (protectedBy) await rds.send(unprotect(instance));
        await rds.send(remove(instance));
      },
      prove: async ({ region, instance }) => {
        await untilInstance(aws, region, instance, { what: 'to be gone', within: patience, is: ({ role }) => role === 'absent' });
        return { instance };
      },
    }),
  };
}

/** How RDS is asked for another name. */
export const rename = ({ from, to }: Rename): ModifyDBInstanceCommand =>
  new ModifyDBInstanceCommand({ DBInstanceIdentifier: from, NewDBInstanceIdentifier: to, ApplyImmediately: true });

/** Waits until an instance listens under its new name and the old one is free. */
export async function untilRenamed(aws: Aws, { region, from, to }: Rename): Promise<{ instance: string; host: string; port: number }> {
  const is = await untilInstance(aws, region, to, {
    what: 'to be available under its new name',
    within: patience,
    is: ({ status, host, port }) => status === 'available' && host !== null && port !== null,
  });
  await untilInstance(aws, region, from, { what: 'to be free', within: patience, is: ({ role }) => role === 'absent' });
  return { instance: to, host: is.host!, port: is.port! };
}

/** Whether the instance under the new name is the one that had the old name when this step first looked. */
function isTheSame(renamed: DBInstance | undefined): boolean {
  if (!renamed) return false;
  const { carried, attempt } = currentStep();
  // The first attempt fails for good when there is nothing to rename, so that a later one follows one that saw it.
  return carried.seen === undefined ? attempt > 1 : renamed.DbiResourceId === carried.seen;
}

function refuseOthers(region: string, instance: string, found: DBInstance): void {
  if (currentStep().mode === 'simulate') return;
  if (!isOurs(found.TagList))
    throw failure(Failure.Permanent, `${instance} in ${region}: needed an instance that this run made, have one that it did not make`);
  const made = madeAs(found.TagList);
  if (made !== instance)
    throw failure(Failure.Permanent, `${instance} in ${region}: needed a copy beside the database, have ${made} that took over this name`);
}

function say(name: string, found: DBInstance | undefined): string {
  return found ? `${name} is ${found.DBInstanceStatus}` : `there is no ${name}`;
}
