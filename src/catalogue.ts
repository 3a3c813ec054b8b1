import { regionRunbooks } from './catalogue/regions.ts';
import type { RunbookEntry } from './catalogue/entry.ts';

export { InputProblem, type RunbookEntry } from './catalogue/entry.ts';

/** Every runbook: the one table that API, command line, page and docs are fed from. */
export const catalogue: readonly RunbookEntry[] = [...regionRunbooks];
