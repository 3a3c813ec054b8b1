import type { AboutScenario } from '../about.ts';

export const about = {
  name: 'database-unreachable',
  title: 'A database cannot be reached',
  when: 'The service answers, and says that its database does not.',
  symptoms: ['connection refused or timed out', 'queries hang', 'transactions wait for locks'],
  source:
    'iot-anomaly, "4. Database Connectivity Issues"; pynomaly-kubernetes, "Scenario 2"; pynomaly-aws, "Database Issues"; observer-coordinator, "For Database Issues"',
  input: 'database',
  platforms: ['kubernetes', 'compose', 'systemd', 'autoscaling'],
  asks: [
    'end idle sessions?',
    'end blockers?',
    'restart the database once?',
    'restart it once?',
    'take the database away from everybody?',
    'hand over to a failover?',
  ],
  undoes: 'where the Service of the database points; what a session had not committed is gone',
} as const satisfies AboutScenario;
