import type { RunResult } from '../kit/runbook.ts';
import type { DatabaseScenario } from '../plans/scenario-plan.ts';
import { endBlockers, endIdle, readConnections } from '../procedures/database/connections.ts';
import { isolateDatabase } from '../procedures/database/isolate.ts';
import { handOverOrAsk } from '../procedures/care/hand-over.ts';
import { proveWell } from '../procedures/care/prove-well.ts';
import { scenario } from '../procedures/care/scenario.ts';
import { proveReachable, reachDatabase } from '../procedures/database/reach.ts';
import { restartDatabase } from '../procedures/database/restart.ts';
import { restartOnce } from '../procedures/service/remedies.ts';

/**
 * A service cannot reach its database: find at which step the way ends (name, port, sign-in, question), free what is locked, and only then
 * restart, the database before those who use it. What is lost is taken away from everybody and goes to a recovery.
 * Source: iot-anomaly "4. Database Connectivity Issues"; pynomaly-kubernetes "Scenario 2"; pynomaly-aws "Database Issues"; observer-coordinator "For Database Issues".
 */
export function databaseUnreachable(plan: DatabaseScenario): Promise<RunResult> {
  const { service, database, region } = plan;

  return scenario(
    plan,
    `${service} cannot reach ${database} in ${region}`,
    async (kit, seen) => {
      const way = await reachDatabase(kit, plan);
      // A server that says nothing would be asked in vain for half a minute.
      const connections = way.speaks ? await readConnections(kit, plan) : null;

      const helped =
        (await endIdle(kit, plan, seen, connections)) ||
        (await endBlockers(kit, plan, seen, connections)) ||
        (await restartDatabase(kit, plan, seen, way)) ||
        // The database answers, and its users hold on to connections that are dead.
        (way.answers && (await restartOnce(kit, plan, seen)));
      if (helped) return true;
      const giveBack = await isolateDatabase(kit, plan, seen, way);
      await handOverOrAsk(kit, plan, seen);
      // People have mended it by hand instead.
      await giveBack();
      return true;
    },
    {
      prove: async (kit) => {
        await proveReachable(kit, plan);
        await proveWell(kit, plan);
      },
    },
  );
}
