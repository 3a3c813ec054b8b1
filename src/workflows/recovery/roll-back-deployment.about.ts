import type { About } from '../about.ts';

export const about = {
  name: 'roll-back-deployment',
  title: 'Roll a deployment back',
  when: 'A release is bad: errors or crashes began soon after it was rolled out.',
  source: 'ml-platform, "Rollback Procedures"; also observer-coordinator, pynomaly-kubernetes, iot-anomaly and pynomaly-aws',
  example: { service: 'shop', region: 'east' },
  asks: ['roll the release back?', 'let deliveries go on?'],
  undoes: 'the release and the hold of deliveries',
} as const satisfies About;
