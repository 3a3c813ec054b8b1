import {
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  type MetricAlarm,
  type PutMetricAlarmInput,
} from '@aws-sdk/client-cloudwatch';
import type { Environment } from '../../config/environment.ts';
import { createAws, type Aws } from './client.ts';
import { change, named, read, until } from '../kit/index.ts';
import { instanceName } from './instance-name.ts';
import { operationTags } from './operation-tags.ts';
import type { Where } from '../postgres/index.ts';

/** An alarm that the environment wants for an instance. */
export interface AlarmReading {
  name: string;
  /** It exists, and watches what the environment says. */
  asWanted: boolean;
  /** CloudWatch's own word, e.g. `OK`, `INSUFFICIENT_DATA`; null when there is no such alarm. */
  state: string | null;
}

type Wanted = { [Key in 'AlarmName' | (typeof compared)[number]]: NonNullable<PutMetricAlarmInput[Key]> };

const compared = [
  ...(['Namespace', 'MetricName', 'Statistic', 'ComparisonOperator', 'Threshold', 'Period', 'EvaluationPeriods'] as const),
  ...(['TreatMissingData', 'Dimensions', 'AlarmActions'] as const),
];
const periodMs = 60_000;

/** Alarms in CloudWatch. A database that was promoted or restored inherits none. */
export function cloudwatchActivities(environment: Environment, aws: Aws = createAws(environment)) {
  const readAll = async (where: Where): Promise<{ wanted: Wanted; found: MetricAlarm | undefined }[]> => {
    const wanted = wantedAlarms(environment, where);
    if (wanted.length === 0) return [];
    const names = wanted.map(({ AlarmName }) => AlarmName);
    const { MetricAlarms = [] } = await aws
      .client('cloudwatch', where.region)
      .send(new DescribeAlarmsCommand({ AlarmNames: names, AlarmTypes: ['MetricAlarm'], MaxRecords: 100 }));
    return wanted.map((alarm) => ({ wanted: alarm, found: MetricAlarms.find(({ AlarmName }) => AlarmName === alarm.AlarmName) }));
  };
  const missing = async (where: Where): Promise<Wanted[]> =>
    (await readAll(where)).filter(({ wanted, found }) => !isAsWanted(wanted, found)).map(({ wanted }) => wanted);

  return {
    /** The alarms that the environment has for the database, on its instance in a region. */
    readAlarms: read(async (where: Where): Promise<AlarmReading[]> => {
      return (await readAll(where)).map(({ wanted, found }) => ({
        ...{ name: wanted.AlarmName, asWanted: isAsWanted(wanted, found), state: found?.StateValue ?? null },
      }));
    }),

    /** Takes the environment's alarms off the database's instance in a region. */
    removeAlarms: change({
      look: async (where: Where) => {
        const there = (await readAll(where)).filter(({ found }) => found !== undefined).map(({ wanted }) => wanted.AlarmName);
        return { so: there.length === 0, found: `alarms: ${there.join(', ') || 'none'}`, there };
      },
      predict: (where, { there }) => ({
        calls: [aws.predicted('cloudwatch', where.region, new DeleteAlarmsCommand({ AlarmNames: there }))],
        result: { removed: there },
      }),
      act: async (where, { there }) => {
        await aws.client('cloudwatch', where.region).send(new DeleteAlarmsCommand({ AlarmNames: there }));
      },
      prove: (where, { there }) =>
        until(
          async () =>
            (await readAll(where)).every(({ found }) => found === undefined)
              ? { is: { removed: there } }
              : { notYet: 'some are still there' },
          { within: 30_000, what: `the alarms of ${where.database} in ${where.region} to be gone` },
        ),
    }),

    /** Puts the alarms of the environment on the database's instance in a region; those that are so already are left alone. */
    protectWithAlarms: change({
      look: async (where: Where) => {
        const lacking = await missing(where);
        const all = wantedAlarms(environment, where).length;
        return { so: lacking.length === 0, found: `${all - lacking.length} of ${all} alarms are as wanted`, lacking };
      },
      predict: (where, { lacking }) => ({
        calls: lacking.map((alarm) => aws.predicted('cloudwatch', where.region, put(alarm))),
        result: { alarms: wantedAlarms(environment, where).map(({ AlarmName }) => AlarmName) },
      }),
      act: async (where, { lacking }) => {
        for (const alarm of lacking) await aws.client('cloudwatch', where.region).send(put(alarm));
      },
      prove: (where) =>
        until(
          async () => {
            const lacking = await missing(where);
            if (lacking.length > 0) return { notYet: `not as wanted: ${lacking.map(({ AlarmName }) => AlarmName).join(', ')}` };
            return { is: { alarms: wantedAlarms(environment, where).map(({ AlarmName }) => AlarmName) } };
          },
          { within: 30_000, what: `the alarms of ${instanceName(environment, where)}` },
        ),
    }),
  };
}

const put = (alarm: Wanted) => new PutMetricAlarmCommand({ ...alarm, ActionsEnabled: true, Tags: operationTags() });

/** What CloudWatch must be told; an instance that sends nothing is as alarming as one that sends bad values. */
function wantedAlarms(environment: Environment, where: Where): Wanted[] {
  const instance = instanceName(environment, where);
  return named(environment.databases, where.database, 'database').alarms.map((alarm) => ({
    AlarmName: `${instance}-${alarm.name}`,
    Namespace: 'AWS/RDS',
    MetricName: alarm.metric,
    Statistic: alarm.statistic,
    ComparisonOperator: alarm.above === undefined ? 'LessThanThreshold' : 'GreaterThanThreshold',
    Threshold: alarm.above ?? alarm.below ?? 0,
    Period: periodMs / 1_000,
    EvaluationPeriods: alarm.for / periodMs,
    TreatMissingData: 'breaching',
    Dimensions: [{ Name: 'DBInstanceIdentifier', Value: instance }],
    AlarmActions: alarm.actions,
  }));
}

function isAsWanted(wanted: Wanted, found: MetricAlarm | undefined): boolean {
  return found !== undefined && compared.every((key) => JSON.stringify(found[key] ?? []) === JSON.stringify(wanted[key]));
}
