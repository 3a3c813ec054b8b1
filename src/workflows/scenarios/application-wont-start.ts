import type { RunResult } from '../kit/runbook.ts';
import type { Scenario } from '../plans/scenario-plan.ts';
import { awaitDatabase, dependenciesAreWell } from '../procedures/service/dependencies.ts';
import { scenario } from '../procedures/care/scenario.ts';
import { readPremises } from '../procedures/service/premises.ts';
import { bringReleaseBack, isOver, restartOnce } from '../procedures/service/remedies.ts';

/**
 * An application does not start: look at what it needs (settings, files, ports, rights, its database), wait until its database takes it, and
 * only then start it again.
 * Source: observer-coordinator "Application Won't Start" (`sleep 30` there).
 */
export function applicationWontStart(plan: Scenario): Promise<RunResult> {
  const { service, region } = plan;

  return scenario(plan, `${service} does not start in ${region}`, async (kit, seen) => {
    await readPremises(kit, plan);
    if (!(await dependenciesAreWell(kit, plan))) await awaitDatabase(kit, plan);

    return (await isOver(kit, plan, seen)) || (await restartOnce(kit, plan, seen)) || (await bringReleaseBack(kit, plan, seen));
  });
}
