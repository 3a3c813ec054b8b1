import type { AboutScenario } from '../about.ts';

export const about = {
  name: 'application-wont-start',
  title: 'An application does not start',
  when: 'It was started, and ends or never becomes ready.',
  symptoms: ['the unit or container ends at its start', 'address already in use', 'permission denied', 'its database refuses it'],
  source: 'observer-coordinator, "Application Won\'t Start"',
  input: 'service',
  platforms: ['kubernetes', 'compose', 'systemd'],
  asks: ['restart it once?', 'roll the release back?', 'hand over to a failover?'],
  undoes: 'nothing',
} as const satisfies AboutScenario;
