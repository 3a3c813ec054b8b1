import { proxyActivities } from '@temporalio/workflow';
import type { drillBookActivities } from '../activities/drill-book.ts';
import type { estateActivities } from '../activities/estate.ts';
import type { faultActivities } from '../activities/faults.ts';
import { alive, patient } from './tools.ts';

/** What an exercise breaks, compares and enters in its book. */
export const drills = proxyActivities<
  ReturnType<typeof faultActivities> & ReturnType<typeof estateActivities> & ReturnType<typeof drillBookActivities>
>({
  ...alive,
  startToCloseTimeout: '15m',
  scheduleToCloseTimeout: '20m',
  retry: patient,
});
