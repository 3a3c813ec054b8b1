import type { Kit } from '../../kit/kit.ts';
import { proving } from '../../kit/scope.ts';
import { whereOf, type Scenario } from '../../plans/scenario-plan.ts';
import { releases } from '../../tools.ts';
import { careOf } from '../../ports/workload-care.ts';
import type { FirstLook } from '../care/first-look.ts';
import { approved } from '../care/offer.ts';

/** How long each stage is watched, of the whole proof. */
const shareOfProof = 0.5;

/** More copies in stages, each watched before the next; a stage that does not hold waits for a person. Source: pynomaly-kubernetes "Gradual Traffic Restoration". */
export async function growInStages(kit: Kit, plan: Scenario, seen: FirstLook): Promise<boolean> {
  const { service, region, size, proof } = plan;
  const { scale } = careOf(plan.platform);
  const wanted = seen.state?.wanted;
  if (!scale || size === null || wanted === undefined || wanted >= size.most) return false;
  const where = whereOf(plan);
  const stages = [...new Set([Math.ceil((wanted + size.most) / 2), size.most])];
  kit.phase('Capacity');
  const question = `Run ${size.most} copies of ${service} in ${region} instead of ${wanted}, by way of ${stages[0]}?`;
  if (!(await approved(kit, plan, seen, { kind: 'scale', question, because: 'more is asked of it than it answers' }))) return false;
  for (const desired of stages) {
    await kit.step(`Run ${desired} copies in ${region}`, () => scale({ ...where, desired }), {
      undo: () => scale({ ...where, desired: wanted }),
    });
    await kit.watch(`Watch ${service} with ${desired} copies`, {
      read: () => proving(() => releases.observeVantage({ ...where, forMs: proof.forMs * shareOfProof, everyMs: 500 })),
      holds: ({ errorRate }) => errorRate <= proof.errorRate,
    });
  }
  return true;
}
