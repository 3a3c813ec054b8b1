import { runbook, type RunResult } from '../kit/runbook.ts';
import type { Scenario } from '../plans/scenario-plan.ts';
import { dependenciesAreWell } from '../procedures/service/dependencies.ts';
import { firstLook } from '../procedures/care/first-look.ts';
import { handOverOrAsk } from '../procedures/care/hand-over.ts';
import { readObjectives } from '../procedures/service/objectives.ts';
import { proveWell } from '../procedures/care/prove-well.ts';
import { relieve } from '../procedures/service/relieve.ts';
import { bringReleaseBack, isOver, restartOnce, runMore } from '../procedures/service/remedies.ts';

/**
 * Too many requests fail: ask what it depends on before anything is scaled, shed load while people look, and bring a bad release back.
 * Source: iot-anomaly "2. High API Error Rate"; ml-platform "High (P1)"; observer-coordinator "P2 - High".
 */
export async function apiErrorRateHigh(plan: Scenario): Promise<RunResult> {
  const { service, region } = plan;

  return runbook(plan, { title: `Too many requests of ${service} fail in ${region}`, leases: plan.leases }, async (kit) => {
    const seen = await firstLook(kit, plan);
    await readObjectives(kit, plan);
    const well = await dependenciesAreWell(kit, plan);

    const helped =
      (await isOver(kit, plan, seen)) ||
      (await bringReleaseBack(kit, plan, seen)) ||
      (await relieve(kit, plan, seen, 'rate-limit')) ||
      // More copies, or fresh ones, only press harder on a database that is not well.
      (well && ((await restartOnce(kit, plan, seen)) || (await runMore(kit, plan, seen))));
    if (!helped) await handOverOrAsk(kit, plan, seen);

    await proveWell(kit, plan);
  });
}
