import { drillRunbooks } from './catalogue/drills.ts';
import type { RunbookEntry } from './catalogue/entry.ts';
import { recoveryRunbooks } from './catalogue/runbooks.ts';

export { describeRunbook, runbookTable, type Described } from './catalogue/describe.ts';
export { approvalPolicy, InputProblem, type RunbookEntry, unprovenIn } from './catalogue/entry.ts';

/** Every runbook: the one table that API, command line, page and docs are fed from. */
export const catalogue: readonly RunbookEntry[] = [...recoveryRunbooks, ...drillRunbooks];
