import { runbook, type RunResult } from '../kit/runbook.ts';
import type { Scenario } from '../plans/scenario-plan.ts';
import { firstLook } from '../procedures/care/first-look.ts';
import { handOverOrAsk } from '../procedures/care/hand-over.ts';
import { examinePipeline, isFresh, proveFresh, quarantine, replayAside, startWriter } from '../procedures/service/pipelines.ts';
import { readPremises } from '../procedures/service/premises.ts';
import { proveWell } from '../procedures/care/prove-well.ts';
import { restartOnce } from '../procedures/service/remedies.ts';

/**
 * No new data comes through: bad batches are set aside while nothing writes, the rest goes on, and what was set aside is put through again
 * once it is mended. Freshness proves it, not a job that says it succeeded. Source: iot-anomaly "6. Data Pipeline Failures".
 */
export async function dataPipelineStalled(plan: Scenario): Promise<RunResult> {
  const { service, region } = plan;

  return runbook(plan, { title: `No new data comes to ${service} in ${region}`, leases: plan.leases }, async (kit) => {
    const seen = await firstLook(kit, plan);
    const pipeline = await examinePipeline(kit, plan);
    await readPremises(kit, plan);

    const helped =
      (await isFresh(kit, plan)) ||
      (await quarantine(kit, plan, seen, pipeline)) ||
      (await startWriter(kit, plan, seen, pipeline)) ||
      ((await restartOnce(kit, plan, seen)) && (await isFresh(kit, plan)));
    if (!helped) await handOverOrAsk(kit, plan, seen);

    await replayAside(kit, plan, seen);
    await proveFresh(kit, plan);
    await proveWell(kit, plan);
  });
}
