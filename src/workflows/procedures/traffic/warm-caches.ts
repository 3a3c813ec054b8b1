import type { Kit } from '../../kit/kit.ts';
import type { RegionMove } from '../../plans/plan.ts';
import { background } from '../../tools.ts';

/** Warms the caches of the region that takes over, so that the first customers do not all meet cold ones. */
export async function warmCaches({ step }: Kit, { service, to, warmUp }: RegionMove): Promise<void> {
  if (!warmUp) return;
  await step(`Warm the caches in ${to}`, async () => {
    const warm = await background.warmCaches({ service, region: to });
    return warm && `${warm.requests} requests; the first took ${warm.firstMs} ms, the last ${warm.lastMs} ms`;
  });
}
