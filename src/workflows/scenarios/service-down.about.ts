import type { AboutScenario } from '../about.ts';

export const about = {
  name: 'service-down',
  title: 'A service is down',
  when: 'Nobody can use the service, and nobody knows yet why.',
  symptoms: ['health checks fail or time out', 'every request answers 5xx', 'the load balancer has no healthy target'],
  source:
    'iot-anomaly, "1. System Completely Down"; pynomaly-aws, "System Down"; observer-coordinator, "For Application Downtime"; ml-platform, "Critical (P0)"',
  input: 'service',
  platforms: ['kubernetes', 'compose', 'systemd', 'autoscaling'],
  asks: ['restart it once?', 'give it more memory?', 'roll the release back?', 'run more copies?', 'hand over to a failover?'],
  undoes: 'memory limits and the number of copies',
} as const satisfies AboutScenario;
