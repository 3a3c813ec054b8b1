import type { About } from '../about.ts';

export const about = {
  name: 'fail-over-region',
  title: 'Fail over to another region',
  when: 'A region is lost, or is left on purpose (planned).',
  source: 'ml-platform, "Complete Region Failure"',
  example: { service: 'shop', from: 'east', to: 'west', planned: false, maxLag: '5s' },
  asks: ['fail over?', 'promote although the old primary is not fenced?', 'lose so many orders?'],
  undoes: 'everything before the promotion',
} as const satisfies About;
