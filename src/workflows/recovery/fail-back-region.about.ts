import type { About } from '../about.ts';

export const about = {
  name: 'fail-back-region',
  title: 'Bring a service back to its region',
  when: 'The lost region is well again and everything is ready to return. Never automatic.',
  source: 'no runbook has it; see docs/where-we-differ.md',
  example: { service: 'shop', from: 'west', to: 'east' },
  asks: ['set the old database aside and rebuild it?', 'fail back?'],
  undoes: 'everything before the promotion',
} as const satisfies About;
