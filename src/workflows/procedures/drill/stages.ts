import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { ChildRun } from '../../plans/child-run.ts';
import type { ChildResult } from '../../kit/child-runs.ts';
import type { Kit } from '../../kit/kit.ts';
import { drills } from '../../tools.ts';
import type { DrillPractice } from '../../plans/drill-plan.ts';

/** A run of an exercise that ended well, and how its people did. */
export type Practised = ChildResult & { slowestDecisionMs: number | null; failedOrLeftOut: string[] };

/** Performs a runbook of the exercise under leases of its own. Undefined when it did not end well, or not in time. */
export async function goThrough(
  { runs, measure }: Kit,
  { withinMs }: Pick<DrillPractice, 'withinMs'>,
  child: ChildRun,
): Promise<Practised | undefined> {
  const result = await inTime(withinMs, () => runs(child.title, { ...child, ownLeases: true }));
  if (!result) return undefined;
  const { runId } = result;
  const seen = await measure(
    `Ask how "${child.title}" went`,
    () => drills.howItWent({ runId }),
    ({ failedOrLeftOut }) =>
      failedOrLeftOut.length === 0 ? 'every step went through' : `failed or left out: ${failedOrLeftOut.join(', ')}`,
  );
  return { ...result, ...seen };
}

/** Brings everything back, one runbook after the other; ends at the first that does not go through. */
export async function reverse(kit: Kit, practice: DrillPractice): Promise<(Practised | undefined)[]> {
  const { reverse: ways, restBeforeReverseMs } = practice;
  if (ways.length > 0 && restBeforeReverseMs > 0) await kit.rest('Wait until the way back is open', restBeforeReverseMs);
  const done: (Practised | undefined)[] = [];
  for (const way of ways) {
    done.push(await goThrough(kit, practice, way));
    if (!done.at(-1)) break;
  }
  return done;
}

async function inTime<T>(ms: number, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await CancellationScope.withTimeout(ms, work);
  } catch (error) {
    // The exercise itself is ended when more than this was cancelled.
    if (!isCancellation(error) || CancellationScope.current().consideredCancelled) throw error;
    return undefined;
  }
}
