import type { Release } from '../../../activities/kit/index.ts';
import { fact } from '../../facts/facts.ts';
import type { Kit } from '../../kit/kit.ts';
import type { Fact } from '../../messages.ts';
import { sayRelease, type RollBack } from '../../plans/rollback-plan.ts';
import { releases } from '../../tools.ts';
import { gateOf, strongerWhen } from '../approval.ts';

/** Holds what brings releases out, and proves it: otherwise it brings the bad one back within minutes. */
export async function holdDelivery(
  { step, measure }: Kit,
  { service, region, delivery }: Pick<RollBack, 'service' | 'region' | 'delivery'>,
): Promise<void> {
  if (!delivery) return;
  const where = { service, region };
  const found = await measure(
    `Look whether deliveries to ${region} are on`,
    () => releases.readDelivery(where),
    ({ paused }) => (paused ? 'somebody has paused them already' : 'they are on'),
  );
  const undo = found.paused ? {} : { undo: () => releases.resumeDelivery(where) };
  await step(`Hold deliveries to ${region}`, () => releases.pauseDelivery(where), undo);
}

/** Says how to go forward again, and asks whether deliveries may go on; they stay held, with an owner, until a person says so. */
export async function keepTheWayForward({ step, ask, keep }: Kit, plan: RollBack, bad: Release): Promise<void> {
  const { service, region, run, approval } = plan;
  const where = { service, region };
  const wayForward = {
    ...{ leftBehind: sayRelease(bad), image: bad.image, digest: bad.digest, revision: bad.revision },
    how: `bring out a corrected release, or this one again with roll-back-deployment and to: ${bad.revision}`,
  };
  keep('wayForward', wayForward);
  if (!plan.delivery) return;
  const held = { held: true, owner: run.requestedBy, of: `${service} in ${region}` };
  keep('delivery', held);
  const stronger = strongerWhen(approval, (facts) => facts.some(({ verdict }) => verdict !== 'good'));
  const options = gateOf(approval, () => deliveryFacts(plan, bad), stronger);
  const answer = await ask(`Let deliveries to ${region} go on?`, options);
  if (answer !== 'approved' && answer !== 'simulated') return;
  await step(`Let deliveries to ${region} go on`, () => releases.resumeDelivery(where));
  keep('delivery', { ...held, held: false });
}

async function deliveryFacts({ service, region }: RollBack, bad: Release): Promise<Fact[]> {
  const { wanted } = await releases.readDelivery({ service, region });
  const wantsBad = wanted !== null && [bad.digest, bad.image].some((name) => name !== null && wanted.includes(name));
  return [
    fact.words('would-come', 'release that would be brought out', wanted, 'the delivery itself', {
      verdict: wanted === null ? 'unknown' : wantsBad ? 'bad' : 'good',
    }),
  ];
}
