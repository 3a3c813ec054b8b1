import { ratio, type Figure } from './figures.ts';
import { inTurn } from './pairs.ts';
import type { Sizes } from './sizes.ts';
import type { Side, Stage } from './stage.ts';

const resources = ['database/orders', 'traffic/shop', 'capacity/shop'];

/** From the client's call to the first act: with leases, without, and bare. */
export async function trigger(stage: Stage, sizes: Sizes, say: (line: string) => void): Promise<Figure[]> {
  const toFirstAct = async (side: Side, leases: string[] = []): Promise<number> => {
    const from = performance.now();
    const handle = await stage.start(side, 'steps', { count: 1, leases });
    // Whoever starts a run asks at once whether it has begun.
    if (side === 'kit') await handle.executeUpdate('begin');
    await handle.result();
    return stage.actsOf(handle.workflowId)[0]! - from;
  };
  const { leased, free, bare } = await inTurn(
    { leased: () => toFirstAct('kit', resources), free: () => toFirstAct('kit'), bare: () => toFirstAct('bare') },
    { rounds: sizes.triggerPairs, warmUp: sizes.warmUp, say },
  );
  return [ratio('trigger to first act', leased, bare, 'bare'), ratio('trigger to first act, no leases', free, bare, 'bare')];
}
