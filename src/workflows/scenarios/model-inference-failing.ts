import type { RunResult } from '../kit/runbook.ts';
import type { Scenario } from '../plans/scenario-plan.ts';
import { examineModel, isSound, isWhole, predictsRight, provePredictions, serveFormerModel } from '../procedures/service/models.ts';
import { proveWell } from '../procedures/care/prove-well.ts';
import { scenario } from '../procedures/care/scenario.ts';
import { giveMemory, isOver, restartOnce } from '../procedures/service/remedies.ts';

/**
 * Predictions fail or are wrong: a model that is damaged or takes other inputs is replaced by the last good one, by its digest; one that is
 * whole gets memory and one restart first. Source: iot-anomaly "3. Model Inference Failures".
 */
export function modelInferenceFailing(plan: Scenario): Promise<RunResult> {
  const { service, region } = plan;

  return scenario(
    plan,
    `Predictions of ${service} fail in ${region}`,
    async (kit, seen) => {
      const model = await examineModel(kit, plan);

      return (
        (isSound(model) && (await isOver(kit, plan, seen))) ||
        // A restart of a service whose model cannot be loaded takes away what still answers.
        (isWhole(model) &&
          ((await giveMemory(kit, plan, seen)) || (await restartOnce(kit, plan, seen))) &&
          (await predictsRight(kit, plan))) ||
        ((await serveFormerModel(kit, plan, seen, model)) && (await predictsRight(kit, plan)))
      );
    },
    {
      prove: async (kit) => {
        await proveWell(kit, plan);
        await provePredictions(kit, plan);
      },
    },
  );
}
