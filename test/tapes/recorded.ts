import { readFileSync } from 'node:fs';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import type { PastRun } from '../../src/runs/past-runs.ts';
import { recordTape } from '../../src/tapes/record.ts';
import type { Tape } from '../../src/tapes/tape.ts';

/** A run of test/histories, with its text changed before it is read. */
export function pastRun(name: string, change: (history: string) => string = (text) => text): PastRun {
  const history = historyFromJSON(JSON.parse(change(readFileSync(`test/histories/${name}.json`, 'utf8'))));
  const workflowId = history.events?.[0]?.workflowExecutionStartedEventAttributes?.workflowId ?? name;
  return { workflowId, history, open: null };
}

export const tapeOf = (name: string, change?: (history: string) => string): Promise<Tape> =>
  recordTape(pastRun(name, change), async () => undefined, '0.0.0');
