import type { AboutScenario } from '../about.ts';

export const about = {
  name: 'network-unreachable',
  title: 'A service cannot be reached over the network',
  when: 'Some reach it and others do not, or names are not found.',
  symptoms: ['intermittent timeouts', 'names are not resolved', 'one vantage point sees what another does not'],
  source: 'pynomaly-kubernetes, "Scenario 4: Network Connectivity Issues"; pynomaly-aws, "Scenario 4: Network Connectivity"',
  input: 'service',
  platforms: ['kubernetes', 'compose', 'systemd', 'autoscaling'],
  asks: ['restart it once?', 'hand over to a failover?'],
  undoes: 'nothing: it reads',
} as const satisfies AboutScenario;
