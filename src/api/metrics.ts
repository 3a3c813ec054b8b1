import { Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  registry: Registry;
  /** Counts one answered request; `route` is its pattern, never its address. Live views have no `seconds`: they last as long as people look. */
  answered(method: string, route: string, status: number, seconds?: number): void;
  streamsOpen(count: number): void;
  /** Counts alerts by what became of them. */
  alertsTaken(outcome: string, count: number): void;
}

/** Makes the API's own metrics; each app has its own registry unless one is given. */
export function createMetrics(registry = new Registry()): Metrics {
  const registers = [registry];
  const labelNames = ['method', 'route', 'status'] as const;
  const requests = new Counter({ name: 'muster_http_requests_total', help: 'Requests answered', labelNames, registers });
  const durations = new Histogram({
    name: 'muster_http_request_duration_seconds',
    help: 'Time from the request to the end of its answer',
    labelNames,
    buckets: [0.005, 0.02, 0.1, 0.5, 1, 5, 30],
    registers,
  });
  const streams = new Gauge({ name: 'muster_live_views_open', help: 'Live views of runs open now', registers });
  const alerts = new Counter({ name: 'muster_alerts_total', help: 'Alerts by what became of them', labelNames: ['outcome'], registers });
  return {
    registry,
    answered: (method, route, status, seconds) => {
      const labels = { method, route, status: String(status) };
      requests.inc(labels);
      if (seconds !== undefined) durations.observe(labels, seconds);
    },
    streamsOpen: (count) => streams.set(count),
    alertsTaken: (outcome, count) => alerts.inc({ outcome }, count),
  };
}
