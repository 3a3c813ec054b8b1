import type { Kit } from '../kit/kit.ts';
import { whereOf, type Scenario } from '../plans/scenario-plan.ts';
import { telemetry } from '../care-tools.ts';
import { releases } from '../tools.ts';
import { sayReadings, see } from './first-look.ts';

const glanceMs = 3_000;

/** A glance from every vantage point: enough to offer the next remedy, not enough to call it mended. */
export async function isWell(kit: Kit, plan: Scenario): Promise<boolean> {
  const read = () => releases.observeVantage({ ...whereOf(plan), forMs: glanceMs, everyMs: 500 });
  const seen = await see(kit, `Look whether ${plan.service} is well now`, read, sayReadings);
  // A dry run mends nothing, and goes through every sentence.
  return plan.run.mode !== 'simulate' && seen !== null && seen.missing === 0 && seen.bad === 0;
}

/** The proof: every reading of every vantage point and of every objective, for as long as the environment says. Never one answer. */
export async function proveWell({ phase, watch, parallel }: Kit, plan: Scenario): Promise<void> {
  const { service, proof } = plan;
  const { forMs, errorRate: most, objectives } = proof;
  const live = plan.run.mode === 'live';
  phase('Prove');
  await parallel(
    () =>
      watch(`Watch ${service} for ${Math.round(forMs / 1_000)} s from every vantage point`, {
        read: async () => (live ? releases.observeVantage({ ...whereOf(plan), forMs, everyMs: 500 }) : undefined),
        holds: ({ errorRate }) => errorRate <= most,
      }),
    ...objectives.map(
      (objective) => () =>
        watch(`Watch that ${objective.name}`, {
          read: async () => (live ? telemetry.holdMetric({ ...objective, forMs, everyMs: Math.min(5_000, forMs / 3) }) : undefined),
          holds: ({ bad }) => bad === 0,
        }),
    ),
  );
}
