import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { failure, named, proof, read } from '../kit/index.ts';
import { readMetric, watchMetric, type Metric, type MetricAsked, type MetricObservation } from './metric-watch.ts';
import { readAlerts, type AlertsSeen } from './alerts.ts';

export type { Metric, MetricAsked, MetricObservation } from './metric-watch.ts';
export type { ActiveAlert, AlertsSeen } from './alerts.ts';

type Hold = MetricAsked & { forMs: number; everyMs: number };

/** What Prometheus says. No answer, no series and NaN are never taken for a good one. */
export function telemetryActivities(environment: Environment) {
  return {
    askMetric: read((asked: Pick<MetricAsked, 'name' | 'query'>): Promise<Metric> => readMetric(environment, asked)),

    /** Reads a number for a while, and says how often it was where it should be. */
    holdMetric: proof(({ forMs, everyMs, ...asked }: Hold): Promise<MetricObservation> => {
      if (asked.above === undefined && asked.below === undefined)
        throw failure(Failure.InvalidInput, `nothing says where ${asked.name} should be: above or below what?`);
      if (!(forMs > 0 && everyMs > 0))
        throw failure(Failure.InvalidInput, `${asked.name} cannot be watched for ${forMs} ms every ${everyMs} ms`);
      return watchMetric(environment, asked, { forMs, everyMs });
    }),

    /** The alerts of a service that are pending or firing just now, as Prometheus knows them. */
    activeAlerts: read(async ({ service }: { service: string }): Promise<AlertsSeen> => {
      named(environment.services, service, 'service');
      return readAlerts(environment, service);
    }),
  };
}
