import type { AboutScenario } from '../about.ts';

export const about = {
  name: 'memory-exhausted',
  title: 'A service runs out of memory',
  when: 'Copies are killed for their memory, or use nearly all that they may.',
  symptoms: ['OOMKilled, exit code 137', 'memory of a copy near its limit', 'slow answers before a restart'],
  source:
    'pynomaly-kubernetes, "Scenario 3: High Memory Usage"; iot-anomaly, "5. Memory/Resource Exhaustion"; observer-coordinator, "High Memory Usage"',
  input: 'service',
  platforms: ['kubernetes', 'compose', 'systemd'],
  asks: ['give it more memory?', 'roll the release back?', 'restart it once?', 'run more copies?', 'hand over to a failover?'],
  undoes: 'memory limits and copies',
} as const satisfies AboutScenario;
