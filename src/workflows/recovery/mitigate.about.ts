import type { About } from '../about.ts';

export const about = {
  name: 'mitigate',
  title: 'Relieve a service for a while',
  when: 'Customers must be turned away, slowed down or kept from writing until something is mended. It ends by itself.',
  source: 'pynomaly-kubernetes, "Traffic Management" and "System Recovery"',
  example: { service: 'shop', kind: 'rate-limit', value: 10, for: '30m', owner: 'sam' },
  asks: ['still needed?'],
  undoes: 'the measure, by itself when its time is over',
} as const satisfies About;
