import { ratio, type Figure } from './figures.ts';
import { inTurn } from './pairs.ts';
import type { Sizes } from './sizes.ts';
import type { Side, Stage } from './stage.ts';

/** From act to act: steps of a runbook against the same activities called one after the other. */
export async function stepOverhead(stage: Stage, sizes: Sizes, say: (line: string) => void): Promise<Figure[]> {
  const perStep = async (side: Side): Promise<number> => {
    const handle = await stage.start(side, 'steps', { count: sizes.steps, leases: [] });
    await handle.result();
    const acts = stage.actsOf(handle.workflowId);
    return (acts.at(-1)! - acts[0]!) / (acts.length - 1);
  };
  const { kit, bare } = await inTurn(
    { kit: () => perStep('kit'), bare: () => perStep('bare') },
    { rounds: sizes.stepPairs, warmUp: sizes.warmUp, say },
  );
  const figure = ratio('overhead per step', kit, bare, 'bare');
  return [{ ...figure, detail: `${figure.detail} runs of ${sizes.steps} steps` }];
}
