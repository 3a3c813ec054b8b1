import type { AboutScenario } from '../about.ts';

export const about = {
  name: 'connection-pool-exhausted',
  title: 'A database has no connections left',
  when: 'Clients are refused with "too many connections", or wait for one of the pool.',
  symptoms: ['too many clients already', 'timeouts while waiting for a connection'],
  source: 'observer-coordinator, "Database Connection Pool Exhausted"; pynomaly-kubernetes, "Scenario 2"',
  input: 'database',
  platforms: ['kubernetes', 'compose', 'systemd', 'autoscaling'],
  asks: ['end idle sessions?', 'end blockers?', 'restart it once?', 'hand over to a failover?'],
  undoes: 'nothing: what a session had not committed is gone',
} as const satisfies AboutScenario;
