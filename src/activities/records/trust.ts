import { isProven, readDecisionKeys, type Said } from '../../config/decision-key.ts';
import type { Environment } from '../../config/environment.ts';
import type { Person, Proof, Unsigned } from '../../workflows/messages.ts';
import { record } from '../kit/index.ts';
import { type PlanAsked, strangeIn } from './known-plan.ts';

/** What a worker answers for by its own environment file. */
export interface Known {
  /** Why the run must not go on; empty when the plan is known. */
  strange: string[];
  /** Who may decide what. */
  people: Person[];
  /** What counts of what nobody has signed. */
  unsigned: Unsigned;
}

/** Compares what a run was told with what the environment says. */
export function trustActivities(environment: Environment) {
  return {
    knowPlan: record(async (asked: PlanAsked): Promise<Known> => ({
      strange: strangeIn(environment, asked),
      unsigned: environment.decisions.unsigned,
      people: environment.people.map(({ subject, name, roles, duties }) => ({ subject, name, roles, duties })),
    })),
    /** Whether a command was signed for this environment by one of its keys, which are read anew each time. */
    proveDecision: record(async ({ said, proof }: { said: Said; proof: Proof }): Promise<boolean> =>
      isProven(readDecisionKeys(environment), { ...said, environment: environment.name }, proof),
    ),
  };
}
