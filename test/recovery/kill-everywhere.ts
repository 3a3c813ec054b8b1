import { finalStates, type RunView } from '../../src/workflows/messages.ts';
import { eventually } from '../eventually.ts';
import type { ServiceEstate } from './service-estate.ts';

export interface Killing {
  /** What dies; the worker unless said. */
  what?: 'worker' | 'temporal';
  /** The whole time for the run, in ms. */
  within?: number;
  /** Inside which steps, by their titles; inside all unless said. */
  inside?: (title: string) => boolean;
}

/**
 * Follows a live run to its end while people approve, and kills a part of Muster with SIGKILL once inside every step that changes something.
 * Answers the run's last view, and how often the part was killed.
 */
export async function killInsideEveryChange(
  estate: ServiceEstate,
  runId: string,
  { what = 'worker', within = 500_000, inside = () => true }: Killing = {},
): Promise<{ view: RunView; kills: number }> {
  const killed = new Set<string>();
  let down = false;
  const bringBack = async () => {
    await estate.stack[what]!.start();
    down = false;
  };
  const view = await eventually(
    `the end of a run whose ${what} dies again and again`,
    async () => {
      // On a busy machine it may not come up at once.
      if (down) await bringBack();
      const seen = await estate.view(runId).catch(() => undefined);
      if (!seen) return undefined;
      const gate = seen.gates.find(({ state }) => state === 'open');
      // A decision that comes while nobody is there is simply sent again.
      const approve = (by: string) => estate.signal(by, runId, 'approve', { gate: gate!.id, digest: gate!.digest }).catch(() => undefined);
      if (gate) await Promise.all(['ana', 'ben'].map(approve));
      const step = seen.steps.find(
        ({ id, kind, state, title }) => ['step', 'undo'].includes(kind) && state === 'running' && !killed.has(id) && inside(title),
      );
      if (step) {
        killed.add(step.id);
        down = true;
        await estate.stack[what]!.kill();
        await bringBack();
      }
      return seen;
    },
    (seen) => seen !== undefined && finalStates.includes(seen.state),
    within,
    200,
  );
  return { view: view!, kills: killed.size };
}
