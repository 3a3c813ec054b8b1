import type { About } from '../about.ts';

export const about = {
  name: 'recover-everything',
  title: 'Recover region, database and application in one run',
  when: 'More than one thing is broken, or the fourth Friday is there: a full disaster-recovery drill.',
  source: 'ml-platform, "Monthly Drills" (fourth Friday) and "Validation Checklist"',
  example: { service: 'shop', from: 'east', to: 'west', planned: true, restore: true, rollBack: true },
  asks: ['what each of its parts asks'],
  undoes: 'what each of its parts can',
} as const satisfies About;
