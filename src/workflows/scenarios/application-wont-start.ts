import { runbook, type RunResult } from '../kit/runbook.ts';
import type { Scenario } from '../plans/scenario-plan.ts';
import { awaitDatabase, dependenciesAreWell } from '../procedures/service/dependencies.ts';
import { firstLook } from '../procedures/care/first-look.ts';
import { handOverOrAsk } from '../procedures/care/hand-over.ts';
import { proveWell } from '../procedures/care/prove-well.ts';
import { readPremises } from '../procedures/service/premises.ts';
import { bringReleaseBack, isOver, restartOnce } from '../procedures/service/remedies.ts';

/**
 * An application does not start: look at what it needs (settings, files, ports, rights, its database), wait until its database takes it, and
 * only then start it again.
 * Source: observer-coordinator "Application Won't Start" (`sleep 30` there).
 */
export async function applicationWontStart(plan: Scenario): Promise<RunResult> {
  const { service, region } = plan;

  return runbook(plan, { title: `${service} does not start in ${region}`, leases: plan.leases }, async (kit) => {
    const seen = await firstLook(kit, plan);
    await readPremises(kit, plan);
    if (!(await dependenciesAreWell(kit, plan))) await awaitDatabase(kit, plan);

    const helped = (await isOver(kit, plan, seen)) || (await restartOnce(kit, plan, seen)) || (await bringReleaseBack(kit, plan, seen));
    if (!helped) await handOverOrAsk(kit, plan, seen);

    await proveWell(kit, plan);
  });
}
