import { ApplicationFailure } from '@temporalio/workflow';
import { Failure } from '../../failures.ts';
import type { ChildRun } from '../../plans/child-run.ts';
import type { Kit } from '../../kit/kit.ts';
import type { RecoverEverything } from '../../plans/everything-plan.ts';
import { rds } from '../../tools.ts';

/** The plan of a restore with a time in it: its own, or else the newest one that RDS can restore to now, after what came before. */
export async function withTime({ measure }: Kit, { database, to }: RecoverEverything, restore: ChildRun): Promise<ChildRun> {
  if ('at' in restore.plan) return restore;
  const { region = to } = restore.plan as { region?: string };
  const at = await measure(
    `Read the newest time that ${database} in ${region} can be restored to`,
    async () => {
      const { latest, instance } = await rds.restoreWindow({ database, region });
      if (latest !== null) return latest;
      throw ApplicationFailure.nonRetryable(`${instance} keeps no backups that could be restored`, Failure.Permanent);
    },
    (latest) => latest,
  );
  return { ...restore, plan: { ...restore.plan, at } };
}
