import type { About } from '../about.ts';

export const about = {
  name: 'recover-corrupted-database',
  title: 'Recover a corrupted database',
  when: 'Integrity checks fail, queries contradict each other, or PostgreSQL says that data is damaged.',
  source: 'ml-platform, "Database Corruption"',
  example: { service: 'shop', region: 'east' },
  asks: ['restore, promote or make the indexes anew?', 'stop the writers?', 'let customers write, though not everything could be checked?'],
  undoes: 'the fence and its own copies',
} as const satisfies About;
