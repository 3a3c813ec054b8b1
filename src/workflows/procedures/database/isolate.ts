import { fact } from '../../facts/facts.ts';
import type { Kit } from '../../kit/kit.ts';
import type { DatabaseScenario } from '../../plans/scenario-plan.ts';
import { kubernetes } from '../../tools.ts';
import { see, type FirstLook } from '../care/first-look.ts';
import { approved } from '../care/offer.ts';
import type { Reached } from './reach.ts';

/** Points the Service where it pointed before. */
export type GiveBack = () => Promise<void>;
const nothingToGiveBack: GiveBack = async () => undefined;

/**
 * Takes a database on Kubernetes away from everybody before another one takes over: who still reaches it would write what is lost then. It keeps
 * running as it is, and its Service keeps where it pointed. Source: pynomaly-kubernetes "Isolate problematic database".
 */
export async function isolateDatabase(kit: Kit, plan: DatabaseScenario, seen: FirstLook, { answers, endsAt }: Reached): Promise<GiveBack> {
  const { database, region, runsAs } = plan;
  if (answers || runsAs?.platform !== 'kubernetes') return nothingToGiveBack;
  const where = { service: runsAs.service, region: runsAs.region };
  kit.phase('Take the database away');
  const pointed = await see(
    kit,
    `Read where the Service of ${database} points`,
    () => kubernetes.readService(where),
    ({ name, ready }) => `${name}, ${ready} pods get its requests`,
  );
  if (!pointed || pointed.former) return nothingToGiveBack;
  const { name, selector: former, ready } = pointed;
  const offered = {
    kind: 'isolate',
    // A policy that lets bad batches be set aside does not mean this.
    always: true,
    question: `Point the Service ${name} at nothing, so that nobody reaches ${database} in ${region}?`,
    because: endsAt ?? 'it does not answer',
    facts: async () => [fact('pods that get its requests', ready, 'kubernetes', { informational: true })],
  } as const;
  if (!(await approved(kit, plan, seen, offered))) return nothingToGiveBack;
  const giveBack = () => kubernetes.restoreServiceSelector({ ...where, former });
  await kit.step(`Point the Service ${name} at nothing`, () => kubernetes.isolateService({ ...where, selector: former }), {
    undo: giveBack,
  });
  return async () => void (await kit.step(`Point the Service ${name} where it pointed before`, giveBack));
}
