import type { Kit } from '../../kit/kit.ts';
import type { Objective, Scenario } from '../../plans/scenario-plan.ts';
import { telemetry } from '../../tools.ts';
import { see } from '../care/first-look.ts';

/** Reads every objective once; true when each has a number, and is met by it. An empty answer is no number, and never a good one. */
export async function readObjectives(kit: Kit, { proof: { objectives } }: Scenario): Promise<boolean> {
  const found = await kit.parallel(
    ...objectives.map((objective) => async () => {
      const { name, query } = objective;
      const seen = await see(
        kit,
        `Read whether ${name}`,
        () => telemetry.askMetric({ name, query }),
        ({ detail }) => detail,
      );
      return { name, value: seen?.value ?? null, met: seen !== null && seen.value !== null && isMet(objective, seen.value) };
    }),
  );
  kit.keep('objectives', found);
  return found.length > 0 && found.every(({ met }) => met);
}

const isMet = ({ below, above }: Objective, value: number): boolean =>
  (below === undefined || value < below) && (above === undefined || value > above);
