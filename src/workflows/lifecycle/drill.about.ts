import type { About } from '../about.ts';

export const about = {
  name: 'drill',
  title: 'Practise a recovery',
  when: 'An exercise of the calendar is due, or you want to know whether a recovery works.',
  source: 'ml-platform, "Monthly Drills"; all five, "Training and Drills"',
  example: { name: 'region-failover' },
  asks: ['begin the exercise?', 'what the runbook asks that is practised', 'delete what it made and set aside?', 'was it a success?'],
  undoes: 'what it broke; what the runbook can take back that is practised',
} as const satisfies About;
