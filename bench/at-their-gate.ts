import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { searchAttributes } from '../src/workflows/search-attributes.ts';
import { whereItStands } from './where-it-stands.ts';

const atGate = 'pendingApproval';
const listed = `WorkflowType = 'failOverRegion' AND ExecutionStatus = 'Running' AND MusterState = '${atGate}'`;
const askAfterMs = 3_000;
const mostTold = 5;

export interface Patience {
  say: (line: string) => void;
  /** In ms. */
  within?: number;
}

/**
 * Waits until every run is at its gate. Temporal's list is the quick way to see most of them; those that it does not show are asked themselves,
 * for the list may be behind. Throws when it takes too long, and says which run is not there, where it stands, and for what it waits.
 */
export async function untilAtGate(client: Client, runIds: readonly string[], { say, within = 300_000 }: Patience): Promise<void> {
  for (let [asked, until] = [Date.now(), Date.now() + within]; ; await delay(250)) {
    const { count } = await client.workflow.count(listed);
    if (count >= runIds.length) return;
    const late = Date.now() > until;
    if (!late && Date.now() - asked < askAfterMs) continue;
    const missing = await notAtGate(client, runIds);
    if (missing.length === 0) return say(`all are at their gate by their own record; Temporal's list shows ${count}`);
    if (late) throw new Error(await inVain(client, missing, runIds.length));
    say(`${runIds.length - missing.length} of ${runIds.length} are at their gate`);
    asked = Date.now();
  }
}

/** Those that the list does not show, and that are not there by their own record either. */
async function notAtGate(client: Client, runIds: readonly string[]): Promise<string[]> {
  const shown = new Set<string>();
  for await (const { workflowId } of client.workflow.list({ query: listed, pageSize: 1_000 })) shown.add(workflowId);
  const missing: string[] = [];
  for (const runId of runIds.filter((one) => !shown.has(one))) {
    const { typedSearchAttributes } = await client.workflow.getHandle(runId).describe();
    if (typedSearchAttributes.get(searchAttributes.state) !== atGate) missing.push(runId);
  }
  return missing;
}

async function inVain(client: Client, missing: readonly string[], of: number): Promise<string> {
  const told = await Promise.all(missing.slice(0, mostTold).map((runId) => whereItStands(client, runId)));
  const more = missing.length > mostTold ? [`and ${missing.length - mostTold} more`] : [];
  return [`only ${of - missing.length} of ${of} runs came to their gate:`, ...told, ...more].join('\n  ');
}
