import type { About } from '../about.ts';

export const about = {
  name: 'undo-database-restore',
  title: 'Put a database back that a restore has set aside',
  when: 'A restored database took over and should not have.',
  source: 'no runbook has it; see docs/where-we-differ.md',
  example: { service: 'shop', region: 'east', aside: 'orders-east-aside-1f2e3d4c' },
  asks: ['let the old database take over again?'],
  undoes: 'everything until writers come in',
} as const satisfies About;
