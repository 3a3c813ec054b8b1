import type { AboutScenario } from '../about.ts';

export const about = {
  name: 'load-balancer-unhealthy',
  title: 'A load balancer finds no healthy instance',
  when: 'Instances run, and the load balancer sends them nothing.',
  symptoms: ['targets are unhealthy or missing', '502 and 503 from the load balancer'],
  source: 'pynomaly-aws, "Load Balancer Issues" and "Auto Scaling Response"',
  input: 'service',
  platforms: ['autoscaling'],
  asks: ['bring lost instances back onto its list?', 'roll the release back?', 'run more copies?', 'hand over to a failover?'],
  undoes: 'registrations and the number of copies',
} as const satisfies AboutScenario;
