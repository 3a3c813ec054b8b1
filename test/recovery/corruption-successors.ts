import type { RunRequest } from '../../src/workflows/messages.ts';

export { recoverCorruptedDatabase } from '../../src/workflows/recovery/recover-corrupted-database.ts';

export type Given = Record<string, unknown> & { run: RunRequest };

/** Takes over what is handed to it, and tells what it was given. */
export async function restoreDatabaseToPointInTime(plan: Given): Promise<Given> {
  return plan;
}

/** Ends as its plan's service says. */
export async function promoteReadReplica(plan: Given): Promise<object> {
  const state = plan['service'] === 'declined' ? 'canceled' : 'completed';
  return { runId: 'promotion', state, status: `leases are ${plan.run.leases}`, measures: {} };
}
