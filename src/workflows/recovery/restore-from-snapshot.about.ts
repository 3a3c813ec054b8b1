import type { About } from '../about.ts';

export const about = {
  name: 'restore-from-snapshot',
  title: 'Bring a service back from a snapshot',
  when: 'A region is lost, and no replica of its database can be promoted: it is gone, or its data is bad.',
  source: 'ml-platform, "Complete Region Failure", step 3 "Data Recovery"',
  example: { service: 'shop', from: 'east', to: 'west' },
  asks: ['go on with the snapshot of that age?', 'lose more orders than were approved?'],
  undoes: 'everything until the service is pointed at it',
} as const satisfies About;
