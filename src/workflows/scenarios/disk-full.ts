import type { RunResult } from '../kit/runbook.ts';
import type { Scenario } from '../plans/scenario-plan.ts';
import { emptyLogs, findWhatGrows, proveRoom, shrinkJournal } from '../procedures/capacity/disks.ts';
import { scenario } from '../procedures/care/scenario.ts';

/**
 * A disk is full: find what grows, keep a copy, and empty logs in place. Nothing is deleted: a deleted file that is open frees nothing,
 * and a deleted log is evidence lost. What a database writes is never touched.
 * Source: pynomaly-aws "Scenario 3: Disk Space Issues"; iot-anomaly "5. Memory/Resource Exhaustion"; observer-coordinator "Application Downtime".
 */
export function diskFull(plan: Scenario): Promise<RunResult> {
  const { service, region } = plan;

  return scenario(plan, `A disk of ${service} is full in ${region}`, async (kit, seen) => {
    const disks = await findWhatGrows(kit, plan);

    await emptyLogs(kit, plan, seen, disks);
    await shrinkJournal(kit, plan, seen, disks);
    return proveRoom(kit, plan);
  });
}
