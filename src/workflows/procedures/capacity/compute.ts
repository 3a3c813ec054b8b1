import { patched } from '@temporalio/workflow';
import type { Capacity } from '../../../activities/aws/index.ts';
import type { Kit } from '../../kit/kit.ts';
import type { RegionMove } from '../../plans/plan.ts';
import { kubernetes, releases } from '../../tools.ts';
import { workloadOf } from '../../ports/workload.ts';
import { holdDelivery } from '../service/hold-delivery.ts';

/** What a region had before. */
type Size = Pick<Capacity, 'desired' | 'min'>;

const onArrival = 'scaling-back-on-arrival';

/** Sizing the region that takes over: what of it is done while people decide, and what waits for them. */
export interface WarmUp {
  whileDeciding: () => Promise<void>;
  whenApproved: () => Promise<void>;
}

/**
 * Plans the warm-up, which can be taken back and so may begin while people decide. Manifests that would change something cannot: they wait for the
 * approval, and so does what comes after them.
 */
export async function warmUp(kit: Kit, move: RegionMove, before: Size): Promise<WarmUp> {
  const waits = (await pendingManifests(kit, move)).length > 0;
  const warm = () => warmRegion(kit, move, before, waits);
  const nothing = () => Promise.resolve();
  return waits ? { whileDeciding: nothing, whenApproved: warm } : { whileDeciding: warm, whenApproved: nothing };
}

/** What the manifests of the region that takes over would change there. */
async function pendingManifests({ learn }: Kit, { service, to, compute }: RegionMove): Promise<string[]> {
  if (!compute?.manifests) return [];
  const read = () => kubernetes.readManifestDifference({ service, region: to });
  const changed = await learn(`Read what the manifests of ${to} would change`, read, (names) => names.join(', ') || 'nothing');
  // Also when nobody could read it.
  return changed ?? ['unknown'];
}

/** Sizes the region that takes over, so that it can carry the load. */
async function warmRegion(kit: Kit, move: RegionMove, before: Size, apply: boolean): Promise<void> {
  const { service, to, capacity, compute } = move;
  const where = { service, region: to };
  const load = workloadOf(compute?.platform);
  if (compute) {
    await holdDelivery(kit, { ...where, delivery: compute.delivery });
    // lint-allow undo-missing: what Git says of the region stays applied, also when the run goes back
    if (apply) await kit.step(`Apply the manifests of ${to}`, () => kubernetes.applyManifests(where));
    // An autoscaler fights a manual size, so it is held before.
    await kit.step(`Have the autoscaler of ${to} keep at least ${capacity} instances`, () => load.suspendScaling(where, capacity), {
      undo: () => load.resumeScaling(where, before),
    });
  }
  await kit.step(`Warm ${to} to ${capacity} instances`, () => load.setCapacity({ ...where, desired: capacity }), {
    undo: () => load.setCapacity({ ...where, desired: before.desired }),
  });
}

/** Nothing takes instances away while the traffic moves; more may be started. */
export async function freezeRegion({ step }: Kit, { service, to, capacity, compute }: RegionMove, before: Size): Promise<void> {
  const load = workloadOf(compute?.platform);
  const where = { service, region: to };
  await step(`Keep at least ${capacity} instances in ${to}`, () => load.suspendScaling(where, capacity), {
    undo: () => load.resumeScaling(where, before),
  });
}

/** The traffic has arrived: the region's size is its own again. Runs of before give it back at their end. */
export async function giveScalingBack(kit: Kit, move: RegionMove, before: Size): Promise<void> {
  if (patched(onArrival)) await resume(kit, move, before);
}

/** Lets everything that was held in the region go on by itself. */
export async function thawRegion(kit: Kit, move: RegionMove, before: Size): Promise<void> {
  const { service, to, compute } = move;
  const { step } = kit;
  const where = { service, region: to };
  if (!patched(onArrival)) await resume(kit, move, before);
  if (compute?.delivery) await step(`Let deliveries to ${to} go on`, () => releases.resumeDelivery(where));
}

const resume = ({ step }: Kit, { service, to, compute }: RegionMove, before: Size): Promise<void> =>
  step(`Allow automatic scaling in ${to} again`, () => workloadOf(compute?.platform).resumeScaling({ service, region: to }, before));
