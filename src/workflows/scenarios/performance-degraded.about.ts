import type { AboutScenario } from '../about.ts';

export const about = {
  name: 'performance-degraded',
  title: 'A service is slow',
  when: 'Answers are right and take too long.',
  symptoms: ['latency twice as high as usual', 'processors or memory are full'],
  source: 'observer-coordinator, "For Performance Issues"; ml-platform, "High (P1)"; pynomaly-kubernetes, "Performance Metrics"',
  input: 'service',
  platforms: ['kubernetes', 'compose', 'systemd', 'autoscaling'],
  asks: ['give it more memory?', 'run more copies?', 'roll the release back?', 'put a rate limit in force?', 'hand over to a failover?'],
  undoes: 'memory limits and copies; the rate limit ends by itself',
} as const satisfies AboutScenario;
