import type { RunResult } from '../kit/runbook.ts';
import type { Scenario } from '../plans/scenario-plan.ts';
import { dependenciesAreWell, readSlowQueries } from '../procedures/service/dependencies.ts';
import { readObjectives } from '../procedures/service/objectives.ts';
import { scenario } from '../procedures/care/scenario.ts';
import { relieve } from '../procedures/service/relieve.ts';
import { bringReleaseBack, giveMemory, runMore } from '../procedures/service/remedies.ts';

/**
 * A service is slow: find what is full before anything is made bigger, and what the database works on.
 * Source: observer-coordinator "For Performance Issues"; ml-platform "Performance degradation"; pynomaly-kubernetes "Performance Metrics".
 */
export function performanceDegraded(plan: Scenario): Promise<RunResult> {
  const { service, region } = plan;

  return scenario(plan, `${service} is slow in ${region}`, async (kit, seen) => {
    const met = await readObjectives(kit, plan);
    await readSlowQueries(kit, plan);
    const well = await dependenciesAreWell(kit, plan);

    return (
      met ||
      (await giveMemory(kit, plan, seen)) ||
      (well && (await runMore(kit, plan, seen))) ||
      (await bringReleaseBack(kit, plan, seen)) ||
      (await relieve(kit, plan, seen, 'rate-limit'))
    );
  });
}
