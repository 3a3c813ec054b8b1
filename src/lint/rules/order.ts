import type { RawFinding, Rule } from '../finding.ts';
import { looksAtLag, means } from '../meanings.ts';
import { changesOf, named, precedes, type Act, type Page } from '../page.ts';

export const trafficBeforePromotion: Rule = {
  id: 'traffic-before-promotion',
  severity: 'error',
  why: 'Customers write to a database that is still read-only: every order fails until the promotion ends.',
  source: 'ml-platform, "Complete Region Failure", steps 2 and 3',
};
export const promotionWithoutFence: Rule = {
  id: 'promotion-without-fence',
  severity: 'error',
  why: 'Two primaries take writes when the old one is still up: split brain.',
  source: 'ml-platform, "Complete Region Failure", step 3, and "Mitigation Strategies", step 3',
};
export const promotionWithoutLagCheck: Rule = {
  id: 'promotion-without-lag-check',
  severity: 'error',
  why: 'What the copy lacks is lost, and nobody has agreed to lose it.',
  source: 'ml-platform, "Complete Region Failure", step 3, and "Mitigation Strategies", step 3',
};

const does = (act: Act, meaning: Parameters<typeof means>[1]) => changesOf(act).some((call) => means(call, meaning));

/** Decide, fence, look at the lag, promote, and only then move people: findings where a page has another order. */
export function checkOrder({ acts }: Page): RawFinding[] {
  const promotions = acts.filter((act) => does(act, 'promotes') || does(act, 'movesWriter'));
  return [
    ...acts
      .filter((act) => does(act, 'movesTraffic') && promotions.some((promotion) => precedes(act, promotion)))
      .map((act) => ({
        rule: trafficBeforePromotion,
        what: `${named(act)} comes before the promotion`,
        todo: 'Promote first, prove a write, and only then move traffic.',
        trail: act.trail,
      })),
    ...promotions.flatMap((promotion): RawFinding[] => {
      const before = acts.filter((act) => precedes(act, promotion));
      const fence = before.findLast((act) => does(act, 'fences'));
      const looks = before.filter((act) => act.calls.some(looksAtLag) && (!fence || act.index >= fence.index));
      return [
        ...(fence || !does(promotion, 'promotes')
          ? []
          : [
              {
                rule: promotionWithoutFence,
                what: `${named(promotion)}: nothing before it stops the old primary's writers`,
                todo: 'Fence the old primary and prove it; when it does not answer, ask for the stronger approval and fence it on its return.',
                trail: promotion.trail,
              },
            ]),
        ...(looks.length > 0
          ? []
          : [
              {
                rule: promotionWithoutLagCheck,
                what: `${named(promotion)}: nobody looks at what the copy lacks ${fence ? 'after the fence' : 'before it'}`,
                todo: 'Measure the lag (missingOrders, awaitCaughtUp) after the fence, and ask anew when more would be lost than people approved.',
                trail: promotion.trail,
              },
            ]),
      ];
    }),
  ];
}
