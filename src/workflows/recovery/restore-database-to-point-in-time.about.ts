import type { About } from '../about.ts';

export const about = {
  name: 'restore-database-to-point-in-time',
  title: 'Restore a database to a point in time',
  when: 'Data was deleted or spoilt, and a moment before is known or can be found.',
  source: 'ml-platform, "Mitigation Strategies" step 3 and "Database Corruption" step 3',
  example: { service: 'shop', region: 'east', at: '2025-01-31T09:59:59Z' },
  asks: ['let the restored database take over?', 'lose more writes than were approved?'],
  undoes: 'everything until writers come in; afterwards undo-database-restore',
} as const satisfies About;
