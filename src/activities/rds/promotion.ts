import { ModifyDBInstanceCommand, type DBInstance } from '@aws-sdk/client-rds';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { type Aws, instanceName } from '../aws/index.ts';
import { change, failure, isUnreachable, proof, read } from '../kit/index.ts';
import { availableToChange, findInstance, untilInstance } from './instances.ts';
import type { Where } from '../postgres/index.ts';

/** One setting of a primary and of its replica; null where it cannot be read. */
export interface Parity {
  setting: 'parameter group' | 'instance class' | 'storage, GB' | 'Multi-AZ' | 'deletion protection' | 'log exports';
  primary: string | null;
  replica: string | null;
}

const patience = 10 * 60_000;

/** What a promotion keeps and does not bring along, and what it waits for. */
export function promotionActivities(environment: Environment, aws: Aws) {
  const nameOf = (where: Where) => instanceName(environment, where);
  const readInstance = (where: Where): Promise<DBInstance | undefined> =>
    findInstance(aws, where.region, nameOf(where)).catch((error: unknown) => {
      if (isUnreachable(error)) return undefined;
      throw error;
    });
  const multiAz = (where: Where, on: boolean) =>
    new ModifyDBInstanceCommand({ DBInstanceIdentifier: nameOf(where), MultiAZ: on, ApplyImmediately: true });

  return {
    /** A promoted replica keeps its own settings. Never throws because a region is lost or an instance is gone. */
    compareReplica: read(async ({ database, from, to }: { database: string; from: string; to: string }): Promise<Parity[]> => {
      const [primary, replica] = await Promise.all([from, to].map((region) => readInstance({ database, region })));
      const of = { primary: settingsOf(primary), replica: settingsOf(replica) };
      return settings.map((setting) => ({ setting, primary: of.primary[setting], replica: of.replica[setting] }));
    }),

    /** Waits until RDS would promote the replica: not while it is `backing-up`, or changed in any other way. */
    awaitPromotable: proof(async (where: Where): Promise<{ instance: string }> => {
      const { instance } = await untilInstance(aws, where.region, nameOf(where), {
        what: 'to be available, with no backup under way',
        within: patience,
        is: ({ status, role, instance: name }) => {
          if (role === 'absent') throw failure(Failure.Permanent, `there is no ${name} in ${where.region}`);
          return status === 'available';
        },
      });
      return { instance };
    }),

    /** Turns Multi-AZ on or off; a promoted replica is usually in one zone only. */
    setMultiAz: change({
      look: async ({ on, ...where }: Where & { on: boolean }) => {
        const found = await availableToChange(aws, where.region, nameOf(where), 'cannot change Multi-AZ');
        return { so: found.multiAz === on, found: `Multi-AZ of ${found.instance} is ${found.multiAz ? 'on' : 'off'}` };
      },
      predict: ({ on, ...where }) => ({ calls: [aws.predicted('rds', where.region, multiAz(where, on))], result: { multiAz: on } }),
      act: async ({ on, ...where }) => {
        await aws.client('rds', where.region).send(multiAz(where, on));
      },
      prove: async ({ on, ...where }) => {
        await untilInstance(aws, where.region, nameOf(where), {
          what: `to have Multi-AZ ${on ? 'on' : 'off'}`,
          within: patience,
          is: ({ status, multiAz: is }) => status === 'available' && is === on,
        });
        return { multiAz: on };
      },
    }),
  };
}

const settings: readonly Parity['setting'][] = [
  ...(['parameter group', 'instance class', 'storage, GB', 'Multi-AZ', 'deletion protection', 'log exports'] as const),
];

function settingsOf(found: DBInstance | undefined): Record<Parity['setting'], string | null> {
  const onOff = (value: boolean | undefined) => (value === undefined ? null : value ? 'on' : 'off');
  const logs = found?.EnabledCloudwatchLogsExports ?? [];
  return {
    'parameter group': found?.DBParameterGroups?.[0]?.DBParameterGroupName ?? null,
    'instance class': found?.DBInstanceClass ?? null,
    'storage, GB': found?.AllocatedStorage === undefined ? null : String(found.AllocatedStorage),
    'Multi-AZ': onOff(found?.MultiAZ),
    'deletion protection': onOff(found?.DeletionProtection),
    'log exports': found === undefined ? null : logs.length === 0 ? 'none' : [...logs].sort().join(', '),
  };
}
