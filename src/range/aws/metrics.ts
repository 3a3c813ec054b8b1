import type { Estate } from '../estate.ts';
import { jsonAnswer, Refusal, type Answer } from './answers.ts';
import { account, awsRegions, type Call, type Handlers } from './call.ts';

interface Metric {
  Namespace?: string;
  MetricName?: string;
  Dimensions?: { Name: string; Value: string }[];
}

interface MetricQuery {
  Id: string;
  MetricStat?: { Metric: Metric };
}

/** The replica lag as CloudWatch tells it, and the quota that says whether a region can carry the load. */
export function metricHandlers(estate: Estate): Handlers {
  /** Seconds; undefined when there is no such replica here or nobody knows. */
  const replicaLag = (call: Call, { Namespace, MetricName, Dimensions = [] }: Metric): number | undefined => {
    if (Namespace !== 'AWS/RDS' || MetricName !== 'ReplicaLag') return undefined;
    const instance = Dimensions.find(({ Name }) => Name === 'DBInstanceIdentifier')?.Value;
    const state = instance === undefined ? undefined : estate.database(instance);
    if (state?.role !== 'replica' || state.region !== call.place || state.lagMs === null) return undefined;
    return state.lagMs / 1_000;
  };

  return {
    'monitoring:GetMetricStatistics': async (call) => {
      const metric = JSON.parse(call.body) as Metric;
      const seconds = replicaLag(call, metric);
      const point = {
        Timestamp: now(),
        Average: seconds,
        Maximum: seconds,
        Minimum: seconds,
        Sum: seconds,
        SampleCount: 1,
        Unit: 'Seconds',
      };
      return jsonAnswer({ Label: metric.MetricName, Datapoints: seconds === undefined ? [] : [point] });
    },

    'monitoring:GetMetricData': async (call) => {
      const { MetricDataQueries = [] } = JSON.parse(call.body) as { MetricDataQueries?: MetricQuery[] };
      const results = MetricDataQueries.map(({ Id, MetricStat }) => {
        const seconds = replicaLag(call, MetricStat?.Metric ?? {});
        const known = seconds !== undefined;
        const label = MetricStat?.Metric.MetricName ?? Id;
        return { Id, Label: label, Timestamps: known ? [now()] : [], Values: known ? [seconds] : [], StatusCode: 'Complete' };
      });
      return jsonAnswer({ MetricDataResults: results, Messages: [] });
    },

    'servicequotas:GetServiceQuota': async (call) => quota(call),
  };
}

const quotas = [
  {
    ...{ ServiceCode: 'ec2', ServiceName: 'Amazon Elastic Compute Cloud (Amazon EC2)', QuotaCode: 'L-1216C47A', Value: 64 },
    QuotaName: 'Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances',
  },
  {
    ...{ ServiceCode: 'rds', ServiceName: 'Amazon Relational Database Service (Amazon RDS)', QuotaCode: 'L-7B6409FD', Value: 40 },
    QuotaName: 'DB instances',
  },
];

function quota(call: Call): Answer {
  const asked = JSON.parse(call.body) as { ServiceCode?: string; QuotaCode?: string };
  const known = quotas.find(({ ServiceCode, QuotaCode }) => ServiceCode === asked.ServiceCode && QuotaCode === asked.QuotaCode);
  if (!known) {
    throw new Refusal('NoSuchResourceException', `The practice range has no quota ${asked.ServiceCode}/${asked.QuotaCode}.`);
  }
  const QuotaArn = `arn:aws:servicequotas:${awsRegions[call.place]}:${account}:${known.ServiceCode}/${known.QuotaCode}`;
  return jsonAnswer({ Quota: { ...known, QuotaArn, Unit: 'None', Adjustable: true, GlobalQuota: false } });
}

function now(): number {
  return Date.now() / 1_000;
}
