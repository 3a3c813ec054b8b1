import { proxyActivities } from '@temporalio/workflow';
import type { readinessActivities } from '../../activities/readiness.ts';
import { alive, patient } from '../tools.ts';

/** What only readiness asks. */
export const watching = proxyActivities<ReturnType<typeof readinessActivities>>({
  ...alive,
  startToCloseTimeout: '20s',
  scheduleToCloseTimeout: '1m',
  retry: { ...patient, maximumAttempts: 2 },
});
