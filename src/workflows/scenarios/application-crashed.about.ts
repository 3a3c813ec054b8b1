import type { AboutScenario } from '../about.ts';

export const about = {
  name: 'application-crashed',
  title: 'An application has crashed',
  when: 'The process has ended by itself, or was killed.',
  symptoms: ['the unit is failed', 'killed process in the kernel log', 'exceptions at the end of the log'],
  source: 'pynomaly-aws, "Scenario 1: Application Crash"',
  input: 'service',
  platforms: ['systemd', 'compose'],
  asks: ['give it more memory?', 'restart it once?', 'roll the release back?', 'hand over to a failover?'],
  undoes: 'memory limits',
} as const satisfies AboutScenario;
