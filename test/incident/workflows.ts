import { condition, setHandler } from '@temporalio/workflow';
import { summarySignal } from '../../src/workflows/incident/commands.ts';

export { incident } from '../../src/workflows/lifecycle/incident.ts';

/** A desk that only listens. */
export async function listens(): Promise<void> {
  setHandler(summarySignal, () => undefined);
  await condition(() => false);
}
