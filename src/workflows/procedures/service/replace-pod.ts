import type { Kit } from '../../kit/kit.ts';
import { whereOf, type Scenario } from '../../plans/scenario-plan.ts';
import { kubernetes } from '../../tools.ts';
import type { Crash } from './crash.ts';
import { sayInstance, type FirstLook } from '../care/first-look.ts';
import { offer } from '../care/offer.ts';

/**
 * One pod anew: only this very one, by its UID, so that the one that took its name is never deleted.
 * Source: pynomaly-kubernetes "If Infrastructure Issue" (delete pod).
 */
export async function replacePod(kit: Kit, plan: Scenario, seen: FirstLook, { worst }: Crash): Promise<boolean> {
  if (!worst) return false;
  const [uid] = worst.incarnation.split('/');
  kit.phase('Replace');
  return offer(kit, plan, seen, {
    kind: 'replace',
    question: `Replace the pod ${worst.name}?`,
    because: `only this one is not well; ${sayInstance(worst)}`,
    apply: () => kit.step(`Replace ${worst.name}`, () => kubernetes.deletePod({ ...whereOf(plan), pod: worst.name, uid: uid! })),
  });
}
