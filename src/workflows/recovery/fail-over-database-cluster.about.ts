import type { About } from '../about.ts';

export const about = {
  name: 'fail-over-database-cluster',
  title: 'Move the writer of a database cluster',
  when: 'The writer of a cluster is unwell, its region is lost, or is left on purpose. Single instances: promote-read-replica.',
  source: 'pynomaly-aws, "Database Recovery"',
  example: { cluster: 'ledger', to: 'ledger-east-2' },
  asks: ['move the writer?'],
  undoes: 'nothing: the way back is another move',
} as const satisfies About;
