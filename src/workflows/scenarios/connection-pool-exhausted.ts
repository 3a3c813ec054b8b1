import { runbook, type RunResult } from '../kit/runbook.ts';
import type { DatabaseScenario } from '../plans/scenario-plan.ts';
import { endBlockers, endIdle, readConnections, watchConnections } from '../procedures/database/connections.ts';
import { firstLook } from '../procedures/care/first-look.ts';
import { handOverOrAsk } from '../procedures/care/hand-over.ts';
import { proveWell } from '../procedures/care/prove-well.ts';
import { restartOnce } from '../procedures/service/remedies.ts';

/**
 * A database has no connections left: find who holds them and end what holds the others up. Nothing is scaled up: each copy would take more of them.
 * Source: observer-coordinator "Database Connection Pool Exhausted"; pynomaly-kubernetes "Scenario 2: Database Connection Issues".
 */
export async function connectionPoolExhausted(plan: DatabaseScenario): Promise<RunResult> {
  const { database, region } = plan;

  return runbook(plan, { title: `${database} in ${region} has no connections left`, leases: plan.leases }, async (kit) => {
    const seen = await firstLook(kit, plan);
    const connections = await readConnections(kit, plan);

    const helped =
      (await endIdle(kit, plan, seen, connections)) ||
      (await endBlockers(kit, plan, seen, connections)) ||
      // A pool that leaks is empty after a restart, and its state was kept before.
      (await restartOnce(kit, plan, seen));
    if (!helped) await handOverOrAsk(kit, plan, seen);

    await watchConnections(kit, plan);
    await proveWell(kit, plan);
  });
}
