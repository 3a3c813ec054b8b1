import type { AboutScenario } from '../about.ts';

export const about = {
  name: 'disk-full',
  title: 'A disk is full',
  when: 'Writes fail with "no space left on device", or a disk is nearly full.',
  symptoms: ['no space left on device', 'a file system over 90 %'],
  source: 'pynomaly-aws, "Scenario 3: Disk Space Issues"; iot-anomaly, "5. Memory/Resource Exhaustion"',
  input: 'service',
  platforms: ['systemd', 'compose'],
  asks: ['keep a copy of a log and empty it?', 'shrink the journal?', 'hand over to a failover?'],
  undoes: 'nothing: a copy of all is kept',
} as const satisfies AboutScenario;
