import type { RunResult } from '../kit/runbook.ts';
import type { Scenario } from '../plans/scenario-plan.ts';
import { examinePipeline, isFresh, proveFresh, quarantine, replayAside, startWriter } from '../procedures/service/pipelines.ts';
import { readPremises } from '../procedures/service/premises.ts';
import { proveWell } from '../procedures/care/prove-well.ts';
import { scenario } from '../procedures/care/scenario.ts';
import { restartOnce } from '../procedures/service/remedies.ts';

/**
 * No new data comes through: bad batches are set aside while nothing writes, the rest goes on, and what was set aside is put through again
 * once it is mended. Freshness proves it, not a job that says it succeeded. Source: iot-anomaly "6. Data Pipeline Failures".
 */
export function dataPipelineStalled(plan: Scenario): Promise<RunResult> {
  const { service, region } = plan;

  return scenario(
    plan,
    `No new data comes to ${service} in ${region}`,
    async (kit, seen) => {
      const pipeline = await examinePipeline(kit, plan);
      await readPremises(kit, plan);

      return (
        (await isFresh(kit, plan)) ||
        (await quarantine(kit, plan, seen, pipeline)) ||
        (await startWriter(kit, plan, seen, pipeline)) ||
        ((await restartOnce(kit, plan, seen)) && (await isFresh(kit, plan)))
      );
    },
    {
      prove: async (kit, seen) => {
        await replayAside(kit, plan, seen);
        await proveFresh(kit, plan);
        await proveWell(kit, plan);
      },
    },
  );
}
