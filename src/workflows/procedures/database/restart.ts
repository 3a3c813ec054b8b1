import { fact } from '../../facts/facts.ts';
import type { Kit } from '../../kit/kit.ts';
import type { DatabaseScenario } from '../../plans/scenario-plan.ts';
import { careOf } from '../../ports/workload-care.ts';
import { see, sayState, type FirstLook } from '../care/first-look.ts';
import { offer } from '../care/offer.ts';
import type { Reached } from './reach.ts';

/** A database that does not answer is restarted once, before those who use it. Source: iot-anomaly "4. …", Resolution 1; pynomaly-kubernetes "Restart database if needed". */
export async function restartDatabase(kit: Kit, plan: DatabaseScenario, seen: FirstLook, { answers, endsAt }: Reached): Promise<boolean> {
  const { database, region, runsAs } = plan;
  if (answers || !runsAs) return false;
  const { platform, ...where } = runsAs;
  const care = careOf(platform);
  const { restart } = care;
  if (!restart) return false;
  kit.phase('Restart the database');
  await see(
    kit,
    `Keep the end of the log of ${database}`,
    () => care.logs({ ...where, lines: 200 }),
    ({ lines }) => `${lines.length} lines`,
  );
  return offer(kit, plan, seen, {
    kind: 'restart',
    question: `Restart ${database} in ${region} once?`,
    because: endsAt ?? 'it does not answer',
    cannotBeUndone: 'every open transaction is rolled back',
    facts: async () => {
      const state = await care.state(where).catch(() => undefined);
      return [fact.words('runs', `what runs ${database}`, state ? sayState(state) : null, platform, { informational: true })];
    },
    apply: () => kit.step(`Restart ${database} in ${region}`, () => restart(where)),
  });
}
