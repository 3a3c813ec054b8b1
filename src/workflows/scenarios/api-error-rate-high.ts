import type { RunResult } from '../kit/runbook.ts';
import type { Scenario } from '../plans/scenario-plan.ts';
import { dependenciesAreWell } from '../procedures/service/dependencies.ts';
import { readObjectives } from '../procedures/service/objectives.ts';
import { scenario } from '../procedures/care/scenario.ts';
import { relieve } from '../procedures/service/relieve.ts';
import { bringReleaseBack, isOver, restartOnce, runMore } from '../procedures/service/remedies.ts';

/**
 * Too many requests fail: ask what it depends on before anything is scaled, shed load while people look, and bring a bad release back.
 * Source: iot-anomaly "2. High API Error Rate"; ml-platform "High (P1)"; observer-coordinator "P2 - High".
 */
export function apiErrorRateHigh(plan: Scenario): Promise<RunResult> {
  const { service, region } = plan;

  return scenario(plan, `Too many requests of ${service} fail in ${region}`, async (kit, seen) => {
    await readObjectives(kit, plan);
    const well = await dependenciesAreWell(kit, plan);

    return (
      (await isOver(kit, plan, seen)) ||
      (await bringReleaseBack(kit, plan, seen)) ||
      (await relieve(kit, plan, seen, 'rate-limit')) ||
      // More copies, or fresh ones, only press harder on a database that is not well.
      (well && ((await restartOnce(kit, plan, seen)) || (await runMore(kit, plan, seen))))
    );
  });
}
