import type { Kit } from '../../kit/kit.ts';
import type { RegionMove } from '../../plans/plan.ts';
import { background } from '../../tools.ts';

/**
 * Turns the background consumers off in the region that is left, before its database is fenced.
 * Answers the regions whose consumers are out of reach: they are recorded, and turned off on their return.
 */
export async function stopConsumers({ step, measure, keep }: Kit, { service, from, planned, consumers }: RegionMove): Promise<string[]> {
  if (!consumers) return [];
  const look = () => background.readConsumers({ service });
  const readings = await measure('Look where background consumers are on', look, (seen) =>
    seen.map(({ region, detail }) => `${region} ${detail}`).join(', '),
  );
  const there = readings.find(({ region }) => region === from);
  if (there === undefined || there.on === false) return [];
  if (there.on === null && !planned) {
    keep('consumers', { from: 'out of reach', why: there.detail });
    return [from];
  }
  await step(`Turn the background consumers in ${from} off`, () => background.turnConsumers({ service, region: from, on: false }), {
    undo: () => background.turnConsumers({ service, region: from, on: true }),
  });
  return [];
}

/** Turns the background consumers on in the new region, once it is read that no other region has them on. */
export async function startConsumers({ step, leaveBehind }: Kit, move: RegionMove, apart: string[], fenced: boolean): Promise<void> {
  const { service, to, from, consumers } = move;
  if (!consumers) return;
  // Whoever fences an old primary on its return turns its consumers off as well; a fenced one has nobody who waits for it yet.
  if (apart.length > 0 && fenced)
    await step(`Have the background consumers in ${from} turned off when they come back`, () => leaveBehind('fenceOnReturn', move));
  await step(`Turn the background consumers in ${to} on, and nowhere else`, () =>
    background.turnConsumers({ service, region: to, on: true, apart }),
  );
}
