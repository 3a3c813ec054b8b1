import { ratio, type Figure } from './figures.ts';
import { inTurn } from './pairs.ts';
import type { Sizes } from './sizes.ts';
import type { Side, Stage } from './stage.ts';

const resources = ['database/orders', 'traffic/shop', 'capacity/shop'];

/** From the client's call to the first act, which is a look, and on to the first change, which waits for the leases. */
export async function trigger(stage: Stage, sizes: Sizes, say: (line: string) => void): Promise<Figure[]> {
  const play = async (side: Side, leases: string[] = []): Promise<{ look: number; change: number }> => {
    const from = performance.now();
    const handle = await stage.start(side, 'look', { leases });
    // Whoever starts a run asks at once whether it has begun.
    if (side === 'kit') await handle.executeUpdate('begin');
    await handle.result();
    const [look, change] = stage.actsOf(handle.workflowId);
    return { look: look! - from, change: change! - from };
  };
  const { leased, free, bare } = await inTurn(
    { leased: () => play('kit', resources), free: () => play('kit'), bare: () => play('bare') },
    { rounds: sizes.triggerPairs, warmUp: sizes.warmUp, say },
  );
  const looks = (readings: { look: number }[]) => readings.map(({ look }) => look);
  const changes = (readings: { change: number }[]) => readings.map(({ change }) => change);
  return [
    ratio('trigger to first act', looks(leased), looks(bare), 'bare'),
    ratio('trigger to first act, no leases', looks(free), looks(bare), 'bare'),
    ratio('trigger to first change', changes(leased), changes(bare), 'bare'),
    ratio('trigger to first change, no leases', changes(free), changes(bare), 'bare'),
  ];
}
