import { eventually } from '../eventually.ts';
import { finalStates, type RunView } from '../../src/workflows/messages.ts';
import type { PracticeEstate } from './estate.ts';

/**
 * Follows a live run to its end while people approve, and kills the worker with SIGKILL once inside every step that changes something.
 * Answers how often it was killed.
 */
export async function killInsideEveryChange(
  estate: PracticeEstate,
  runId: string,
  within = 300_000,
): Promise<{ view: RunView; kills: number }> {
  const killed = new Set<string>();
  const view = await eventually(
    'the end of a run whose worker dies again and again',
    async () => {
      const seen = await estate.view(runId).catch(() => undefined);
      if (!seen) return undefined;
      const gate = seen.gates.find(({ state }) => state === 'open');
      if (gate) await Promise.all(['ana', 'ben'].map((by) => estate.signal(by, runId, 'approve', { gate: gate.id, digest: gate.digest })));
      const step = seen.steps.find(({ id, kind, state }) => ['step', 'undo'].includes(kind) && state === 'running' && !killed.has(id));
      if (step) {
        killed.add(step.id);
        await estate.stack.worker.kill();
        await estate.stack.worker.start();
      }
      return seen;
    },
    (seen) => seen !== undefined && finalStates.includes(seen.state),
    within,
    200,
  );
  return { view: view!, kills: killed.size };
}
