import type { Kit } from '../../kit/kit.ts';
import { proving } from '../../kit/scope.ts';
import { whereOf, type Scenario } from '../../plans/scenario-plan.ts';
import { releases, telemetry } from '../../tools.ts';
import { careOf } from '../../ports/workload-care.ts';
import type { Trouble, WorkloadState } from '../../ports/workload-state.ts';
import { sayReadings, sayState, see } from './first-look.ts';

const glanceMs = 3_000;
/** What a copy does not get out of by itself; others only wait for something. */
const lasting: readonly (Trouble | null)[] = ['crashing', 'memory', 'image', 'configuration', 'stopped'];

/** A glance from every vantage point and at the copies: enough to offer the next remedy, not enough to call it mended. */
export async function isWell(kit: Kit, plan: Scenario): Promise<boolean> {
  const { service, region } = plan;
  const where = whereOf(plan);
  const read = () => proving(() => releases.observeVantage({ ...where, forMs: glanceMs, everyMs: 500 }));
  const seen = await see(kit, `Look whether ${service} is well now`, read, sayReadings);
  // What was not tried is not mended: a dry run goes through every sentence.
  if (!seen || seen.missing > 0 || seen.bad > 0) return false;
  const state = await see(kit, `Look at the copies of ${service} in ${region}`, () => careOf(plan.platform).state(where), sayState);
  // Some may crash while the others serve.
  return !isCrashing(state);
}

const isCrashing = (state: WorkloadState | null): boolean => state?.instances.some(({ trouble }) => lasting.includes(trouble)) ?? false;

/** The proof: every reading of every vantage point and of every objective, for as long as the environment says. Never one answer. */
export async function proveWell({ phase, watch, parallel }: Kit, plan: Scenario): Promise<void> {
  const { service, proof } = plan;
  const { forMs, errorRate: most, objectives } = proof;
  phase('Prove');
  await parallel(
    () =>
      watch(`Watch ${service} for ${Math.round(forMs / 1_000)} s from every vantage point`, {
        read: () => proving(() => releases.observeVantage({ ...whereOf(plan), forMs, everyMs: 500 })),
        holds: ({ errorRate }) => errorRate <= most,
      }),
    ...objectives.map(
      (objective) => () =>
        watch(`Watch that ${objective.name}`, {
          read: () => telemetry.holdMetric({ ...objective, forMs, everyMs: Math.min(5_000, forMs / 3) }),
          holds: ({ bad }) => bad === 0,
        }),
    ),
  );
}
