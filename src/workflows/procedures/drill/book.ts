import { drills } from '../../tools.ts';
import type { Kit } from '../../kit/kit.ts';
import type { Drill, DrillScore } from '../../plans/drill-plan.ts';
import { workflowInfo } from '@temporalio/workflow';
import type { Practised } from './stages.ts';

/** Enters the exercise in the environment's book, or ends it when something stands against it: a real incident, or the stop of all exercises. */
export async function enterInBook({ step, fail }: Kit, { name, title }: Drill): Promise<void> {
  const runId = workflowInfo().workflowId;
  let against: string[] = [];
  const enter = async () => {
    ({ against } = await drills.enterDrill({ runId, name, title }));
    return against.join('; ') || 'nothing stands against it';
  };
  await step('Enter it in the book of exercises', enter, {
    undo: () => drills.closeDrill({ runId, name, how: 'stopped' }),
  });
  if (against.length > 0) fail(`not held: ${against.join('; ')}`);
}

/** Writes down how it came out, for the months to come. */
export async function closeInBook({ step }: Kit, { name, run }: Drill, { passed, score }: DrillScore, recovery?: Practised): Promise<void> {
  const { outage, lost } = (recovery?.measures ?? {}) as {
    outage?: { totalMs: number };
    lost?: { count: number | null; lostMs: number | null };
  };
  const measured = {
    rtoMs: outage?.totalMs ?? null,
    rpoMs: lost?.count === 0 ? 0 : (lost?.lostMs ?? null),
    decisionMs: recovery?.slowestDecisionMs ?? null,
  };
  const runId = workflowInfo().workflowId;
  await step('Close it in the book of exercises', () =>
    drills.closeDrill({ runId, name, how: passed ? 'passed' : 'failed', mode: run.mode, score, ...measured }),
  );
}
