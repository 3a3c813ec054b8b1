import type { Kit } from '../../kit/kit.ts';
import { runbook, type RunResult } from '../../kit/runbook.ts';
import type { Scenario } from '../../plans/scenario-plan.ts';
import { firstLook, type FirstLook } from './first-look.ts';
import { handOverOrAsk } from './hand-over.ts';
import { proveWell } from './prove-well.ts';

/**
 * What all scenarios have in common: take the leases, look before anything is touched, do what only this one does, hand over when that was
 * in vain, and prove that the service is well. `help` answers whether something has helped; `prove` is the whole proof where more is asked of it.
 */
export async function scenario(
  plan: Scenario,
  title: string,
  help: (kit: Kit, seen: FirstLook) => Promise<boolean>,
  { prove }: { prove?: (kit: Kit, seen: FirstLook) => Promise<void> } = {},
): Promise<RunResult> {
  return runbook(plan, { title, leases: plan.leases }, async (kit) => {
    const seen = await firstLook(kit, plan);
    const helped = await help(kit, seen);
    if (!helped) await handOverOrAsk(kit, plan, seen);
    await (prove ? prove(kit, seen) : proveWell(kit, plan));
  });
}
