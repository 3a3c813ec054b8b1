import type { About } from '../about.ts';

export const about = {
  name: 'fence-on-return',
  title: 'Fence an old primary when it comes back',
  when: 'A primary was promoted beside one that could not be fenced; the failover starts this itself. By hand it refuses unless the other one is seen to be the primary.',
  source: 'no runbook has it; see docs/where-we-differ.md',
  example: { service: 'shop', from: 'east', to: 'west' },
  asks: ['fence although it may be the primary?'],
  undoes: 'the fence',
} as const satisfies About;
