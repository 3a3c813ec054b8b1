import type { About } from '../about.ts';

export const about = {
  name: 'fence-on-return',
  title: 'Fence an old primary when it comes back',
  when: 'A primary was promoted beside one that could not be fenced; the failover starts this itself.',
  source: 'no runbook has it; see docs/where-we-differ.md',
  example: { service: 'shop', from: 'east', to: 'west' },
  asks: [],
  undoes: 'nothing: it only fences',
} as const satisfies About;
