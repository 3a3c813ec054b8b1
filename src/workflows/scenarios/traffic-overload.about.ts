import type { AboutScenario } from '../about.ts';

export const about = {
  name: 'traffic-overload',
  title: 'A service is overloaded',
  when: 'More comes in than it can answer, whoever sends it.',
  symptoms: ['requests far above the usual', 'queues grow', 'every copy is busy'],
  source: 'pynomaly-kubernetes, "Traffic Management" and "Gradual Traffic Restoration"',
  input: 'service',
  platforms: ['kubernetes', 'compose', 'autoscaling'],
  asks: ['put a rate limit or the maintenance page in force?', 'run more copies?', 'hand over to a failover?'],
  undoes: 'the number of copies; the measures end by themselves',
} as const satisfies AboutScenario;
