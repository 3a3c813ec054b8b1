import type { About } from '../about.ts';

export const about = {
  name: 'promote-read-replica',
  title: 'Promote a read replica',
  when: "A database's primary is dead or bad, and the service in its region is well.",
  source: 'ml-platform, "Mitigation Strategies", step 3',
  example: { service: 'shop', from: 'east', to: 'west', planned: false, maxLag: '5s' },
  asks: ['make the replica the primary?', 'promote although the old primary is not fenced?', 'lose so many orders?'],
  undoes: 'the fence, before the promotion',
} as const satisfies About;
