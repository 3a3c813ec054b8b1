// A runbook that shows what tools say of addresses.
import { runbook, type RunResult } from '../../../src/workflows/kit/runbook.ts';
import type { RunRequest } from '../../../src/workflows/messages.ts';
import { drills, probes, wellness } from '../../../src/workflows/tools.ts';

/** Looks at a service, breaks it, and fails at what is not there. */
export async function looks(plan: { run: RunRequest }): Promise<RunResult> {
  const where = { service: 'shop', region: 'east' };
  return runbook(plan, { title: 'Looks', leases: [] }, async ({ step, keep }) => {
    keep('seen', await step('See the region', () => probes.vantage(where)));
    keep('health', await step('Ask for its health', () => wellness.serviceHealth(where)));
    keep('broken', await step('Break it', () => drills.beginFault({ drill: 'region-failover', fault: 'the region east is lost' })));
    await step('Ask the customers', () => probes.customersOutage(where));
  });
}
