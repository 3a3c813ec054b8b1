import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { bundleWorkflows } from '../../src/build/bundle.ts';
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

/** Workflow code that is bundled once for all tests of a file, as the build does it. */
export function withBundle(): void {
  let folder: string;
  const before1 = process.env['MUSTER_WORKFLOW_BUNDLE'];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-tapes-'));
    const file = join(folder, 'workflows.js');
    await bundleWorkflows(file);
    process.env['MUSTER_WORKFLOW_BUNDLE'] = file;
  });
  after(async () => {
    if (before1 === undefined) delete process.env['MUSTER_WORKFLOW_BUNDLE'];
    else process.env['MUSTER_WORKFLOW_BUNDLE'] = before1;
    await rm(folder, { recursive: true, force: true });
  });
}
