import { runbook, type RunResult } from '../kit/runbook.ts';
import type { Scenario } from '../plans/scenario-plan.ts';
import { emptyLogs, findWhatGrows, proveRoom, shrinkJournal } from '../procedures/capacity/disks.ts';
import { firstLook } from '../procedures/care/first-look.ts';
import { handOverOrAsk } from '../procedures/care/hand-over.ts';
import { proveWell } from '../procedures/care/prove-well.ts';

/**
 * A disk is full: find what grows, keep a copy, and empty logs in place. Nothing is deleted: a deleted file that is open frees nothing,
 * and a deleted log is evidence lost. What a database writes is never touched.
 * Source: pynomaly-aws "Scenario 3: Disk Space Issues"; iot-anomaly "5. Memory/Resource Exhaustion"; observer-coordinator "Application Downtime".
 */
export async function diskFull(plan: Scenario): Promise<RunResult> {
  const { service, region } = plan;

  return runbook(plan, { title: `A disk of ${service} is full in ${region}`, leases: plan.leases }, async (kit) => {
    const seen = await firstLook(kit, plan);
    const disks = await findWhatGrows(kit, plan);

    await emptyLogs(kit, plan, seen, disks);
    await shrinkJournal(kit, plan, seen, disks);
    if (!(await proveRoom(kit, plan))) await handOverOrAsk(kit, plan, seen);

    await proveWell(kit, plan);
  });
}
