import { runbook, type RunResult } from '../kit/runbook.ts';
import type { Scenario } from '../plans/scenario-plan.ts';
import { dependenciesAreWell, readSlowQueries } from '../procedures/service/dependencies.ts';
import { firstLook } from '../procedures/care/first-look.ts';
import { handOverOrAsk } from '../procedures/care/hand-over.ts';
import { readObjectives } from '../procedures/service/objectives.ts';
import { proveWell } from '../procedures/care/prove-well.ts';
import { relieve } from '../procedures/service/relieve.ts';
import { bringReleaseBack, giveMemory, runMore } from '../procedures/service/remedies.ts';

/**
 * A service is slow: find what is full before anything is made bigger, and what the database works on.
 * Source: observer-coordinator "For Performance Issues"; ml-platform "Performance degradation"; pynomaly-kubernetes "Performance Metrics".
 */
export async function performanceDegraded(plan: Scenario): Promise<RunResult> {
  const { service, region } = plan;

  return runbook(plan, { title: `${service} is slow in ${region}`, leases: plan.leases }, async (kit) => {
    const seen = await firstLook(kit, plan);
    const met = await readObjectives(kit, plan);
    await readSlowQueries(kit, plan);
    const well = await dependenciesAreWell(kit, plan);

    const helped =
      met ||
      (await giveMemory(kit, plan, seen)) ||
      (well && (await runMore(kit, plan, seen))) ||
      (await bringReleaseBack(kit, plan, seen)) ||
      (await relieve(kit, plan, seen, 'rate-limit'));
    if (!helped) await handOverOrAsk(kit, plan, seen);

    await proveWell(kit, plan);
  });
}
