import type { Kit } from '../../kit/kit.ts';
import type { RegionMove } from '../../plans/plan.ts';
import { kubernetes, releases } from '../../tools.ts';
import { workloadOf } from '../../ports/workload.ts';
import { holdDelivery } from '../service/hold-delivery.ts';

/** Sizes the region that takes over, so that it can carry the load; may begin while people decide. */
export async function warmRegion(kit: Kit, move: RegionMove, before: { desired: number }): Promise<void> {
  const { service, to, capacity, compute } = move;
  const where = { service, region: to };
  const load = workloadOf(compute?.platform);
  if (compute) {
    await holdDelivery(kit, { ...where, delivery: compute.delivery });
    // lint-allow undo-missing: what Git says of the region stays applied, also when the run goes back
    if (compute.manifests) await kit.step(`Apply the manifests of ${to}`, () => kubernetes.applyManifests(where));
    // An autoscaler fights a manual size, so it is held before.
    await kit.step(`Hold the autoscaler of ${to} at ${capacity} instances`, () => load.suspendScaling(where, capacity), {
      undo: () => load.resumeScaling(where),
    });
  }
  await kit.step(`Warm ${to} to ${capacity} instances`, () => load.setCapacity({ ...where, desired: capacity }), {
    undo: () => load.setCapacity({ ...where, desired: before.desired }),
  });
}

/** Lets everything that was held in the region go on by itself. */
export async function thawRegion({ step }: Kit, { service, to, compute }: RegionMove): Promise<void> {
  const where = { service, region: to };
  await step(`Allow automatic scaling in ${to} again`, () => workloadOf(compute?.platform).resumeScaling(where));
  if (compute?.delivery) await step(`Let deliveries to ${to} go on`, () => releases.resumeDelivery(where));
}
