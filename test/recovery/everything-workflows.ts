// recoverEverything with small children in place of the real ones, which have tests of their own.
import { proxyActivities } from '@temporalio/workflow';
import { runbook, type RunResult } from '../../src/workflows/kit/runbook.ts';
import type { RunRequest } from '../../src/workflows/messages.ts';

export { recoverEverything } from '../../src/workflows/recovery/recover-everything.ts';

interface Part {
  run: RunRequest;
  at?: string;
}

const { setCapacity } = proxyActivities<{ setCapacity(asked: { instance: string }): Promise<void> }>({ startToCloseTimeout: '5s' });

const part = (plan: Part, title: string): Promise<RunResult> =>
  runbook(plan, { title, leases: ['database/orders'] }, async ({ step, keep }) => {
    const instance = plan.at === undefined ? title : `${title} ${plan.at}`;
    await step(title, () => setCapacity({ instance }), { undo: () => setCapacity({ instance: `not ${title}` }) });
    keep('did', title);
  });

export const failOverRegion = (plan: Part): Promise<RunResult> => part(plan, 'region');
export const restoreDatabaseToPointInTime = (plan: Part): Promise<RunResult> => part(plan, 'database');
export const rollBackDeployment = (plan: Part): Promise<RunResult> => part(plan, 'application');
