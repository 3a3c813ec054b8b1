import type { Kit } from '../../kit/kit.ts';
import { proving } from '../../kit/scope.ts';
import { type Scenario, whereOf } from '../../plans/scenario-plan.ts';
import { mitigations, releases } from '../../tools.ts';
import type { FirstLook } from '../care/first-look.ts';
import { offer } from '../care/offer.ts';

/**
 * Puts a measure in force that has an owner and ends by itself: it is a run of its own, which asks whether it is still needed and then takes it back.
 * Its effect is seen by customers, or it did not happen. Source: pynomaly-kubernetes "Traffic Management"; an annotation that nobody reads relieves nobody.
 */
export async function relieve(kit: Kit, plan: Scenario, seen: FirstLook, kind: 'rate-limit' | 'maintenance-page'): Promise<boolean> {
  const { service, run } = plan;
  const measure = plan.relief[kind];
  if (!measure) return false;
  kit.phase('Relief');
  return offer(kit, plan, seen, {
    kind: 'relieve',
    question: `Put ${kind === 'rate-limit' ? 'the rate limit' : 'the maintenance page'} of ${service} in force for a while?`,
    because: 'more is asked of it than it answers',
    apply: async () => {
      await kit.step(`Start "${measure.title}"`, () => kit.leaveBehind(measure.workflow, { ...measure.plan, run }, kind));
      await kit.check('See that customers meet it', () => mitigations.seeMitigation({ service, kind, on: true }));
      await kit.check(`See ${service} from outside`, () =>
        proving(() => releases.observeVantage({ ...whereOf(plan), forMs: 2_000, everyMs: 500 })),
      );
    },
  });
}
