import type { RunResult } from '../kit/runbook.ts';
import type { DatabaseScenario } from '../plans/scenario-plan.ts';
import { endBlockers, endIdle, readConnections, watchConnections } from '../procedures/database/connections.ts';
import { proveWell } from '../procedures/care/prove-well.ts';
import { scenario } from '../procedures/care/scenario.ts';
import { restartOnce } from '../procedures/service/remedies.ts';

/**
 * A database has no connections left: find who holds them and end what holds the others up. Nothing is scaled up: each copy would take more of them.
 * Source: observer-coordinator "Database Connection Pool Exhausted"; pynomaly-kubernetes "Scenario 2: Database Connection Issues".
 */
export function connectionPoolExhausted(plan: DatabaseScenario): Promise<RunResult> {
  const { database, region } = plan;

  return scenario(
    plan,
    `${database} in ${region} has no connections left`,
    async (kit, seen) => {
      const connections = await readConnections(kit, plan);

      return (
        (await endIdle(kit, plan, seen, connections)) ||
        (await endBlockers(kit, plan, seen, connections)) ||
        // A pool that leaks is empty after a restart, and its state was kept before.
        (await restartOnce(kit, plan, seen))
      );
    },
    {
      prove: async (kit) => {
        await watchConnections(kit, plan);
        await proveWell(kit, plan);
      },
    },
  );
}
