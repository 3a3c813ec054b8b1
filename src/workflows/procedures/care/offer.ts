import type { Kit } from '../../kit/kit.ts';
import { badFirst, fact } from '../../facts/facts.ts';
import type { Fact, GateView } from '../../messages.ts';
import type { Remedy } from '../../plans/remedies.ts';
import { whereOf, type Scenario } from '../../plans/scenario-plan.ts';
import { releases } from '../../tools.ts';
import { careOf } from '../../ports/workload-care.ts';
import { gateOf, strongest } from '../approval.ts';
import { sayReadings, sayState, type FirstLook } from './first-look.ts';
import { isWell } from './prove-well.ts';

/** Something that may help. */
export interface Offer {
  kind: Remedy;
  question: string;
  /** Why just this, by what was seen. */
  because: string;
  /** More that people should know; read again when they approve. */
  facts?: () => Promise<Fact[]>;
  /** What is lost for good, when something is; takes the stronger approval, whatever the policy says. */
  cannotBeUndone?: string;
  /** Asked, whatever the policy says. */
  always?: true;
  apply: () => Promise<unknown>;
}

/**
 * Offers a remedy, applies it when people approve, and looks whether it helped. False when they decline, do not answer, or it did not help:
 * then the next one is offered.
 */
export async function offer(kit: Kit, plan: Scenario, seen: FirstLook, remedy: Offer): Promise<boolean> {
  if (!(await approved(kit, plan, seen, remedy))) return false;
  await remedy.apply();
  return isWell(kit, plan);
}

/** Whether a remedy shall be applied; a dry run, which asks nobody, goes on to say what it would do. */
export async function approved(kit: Kit, plan: Scenario, seen: FirstLook, remedy: Omit<Offer, 'apply'>): Promise<boolean> {
  return ['approved', 'simulated'].includes(await answerTo(kit, plan, seen, remedy));
}

/** Asks people, unless the environment says that the remedy needs no approval. */
export async function answerTo({ ask }: Kit, plan: Scenario, seen: FirstLook, remedy: Omit<Offer, 'apply'>): Promise<GateView['state']> {
  const { kind, question, cannotBeUndone, always = false } = remedy;
  if (plan.withoutApproval.includes(kind) && cannotBeUndone === undefined && !always) return 'approved';
  const stronger = cannotBeUndone === undefined ? {} : { ...strongest(plan.approval), cannotBeUndone };
  return ask(
    question,
    gateOf(plan.approval, () => factsOf(plan, seen, remedy), stronger),
  );
}

async function factsOf(plan: Scenario, { changes }: FirstLook, { because, facts }: Omit<Offer, 'apply'>): Promise<Fact[]> {
  const where = whereOf(plan);
  const [state, outside, more] = await Promise.all([
    careOf(plan.platform)
      .state(where)
      .catch(() => null),
    releases.observeVantage({ ...where, forMs: 1_000, everyMs: 500 }).catch(() => null),
    facts?.() ?? [],
  ]);
  const { service, region, platform } = plan;
  const well = outside === null ? 'unknown' : outside.bad === 0 ? 'good' : 'bad';
  const ready = state === null ? 'unknown' : state.ready >= state.wanted ? 'good' : 'bad';
  // What moves from second to second is shown, and opens no gate anew.
  const shown = { informational: true } as const;
  return badFirst([
    fact('why', because, 'this run', shown),
    fact(`${service} from outside`, outside && sayReadings(outside), 'vantage points', { verdict: well, ...shown }),
    fact(`${service} in ${region}`, state && sayState(state), platform, { verdict: ready, ...shown }),
    fact('last change', changes?.[0] ? `${changes[0].what} at ${changes[0].at}` : null, changes?.[0]?.source ?? 'recent changes', shown),
    ...more,
  ]);
}
