import type { About } from '../about.ts';

export const about = {
  name: 'restore-from-backup',
  title: 'Take a logical backup, or restore one',
  when: 'A database that no cloud backs up (e.g. in docker compose) must be backed up, or its data is lost or wrong.',
  source: 'iot-anomaly, "Recovery Scripts"',
  example: { service: 'shop', region: 'east', action: 'restore' },
  asks: ['restore the backup beside the database, and go on with it?'],
  undoes: 'everything until customers write again',
} as const satisfies About;
