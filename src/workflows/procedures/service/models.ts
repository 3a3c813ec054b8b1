import type { ArtefactSeen, GoldenAnswer, ModelState, ModelVersion } from '../../../activities/service/index.ts';
import { fact } from '../../facts/facts.ts';
import { data } from '../../tools.ts';
import type { Kit } from '../../kit/kit.ts';
import { proving } from '../../kit/scope.ts';
import { whereOf, type Scenario } from '../../plans/scenario-plan.ts';
import { see, type FirstLook } from '../care/first-look.ts';
import { offer } from '../care/offer.ts';

/** What a service predicts with. What could not be read is null. */
export interface ModelSeen {
  state: (ModelState & { schema: string }) | null;
  artefact: ArtefactSeen | null;
  golden: GoldenAnswer[] | null;
}

/** Older versions that are looked at before one is offered. */
const mostCandidates = 3;

/** Checksum, form of the inputs and golden inputs of what is served. Source: iot-anomaly "3. Model Inference Failures". */
export async function examineModel(kit: Kit, plan: Scenario): Promise<ModelSeen> {
  const where = whereOf(plan);
  kit.phase('Examine the model');
  const state = await see(
    kit,
    'Read which model is served',
    () => data.readModel(where),
    ({ serving }) => serving.version,
  );
  const [artefact, golden] = await kit.parallel(
    () => artefactOf(kit, plan, state?.serving.version),
    () => see(kit, 'Ask what the answers are known of', () => data.askGoldenInputs(where), sayGolden),
  );
  kit.keep('model', { serving: state?.serving ?? null, artefact, golden });
  return { state, artefact, golden };
}

/** The artefact is whole, takes the inputs that are sent, and answers right. */
export const isSound = (seen: ModelSeen): boolean => isWhole(seen) && (seen.golden?.every(({ good }) => good) ?? false);

/** A restart helps only a model that is whole. */
export function isWhole({ state, artefact }: ModelSeen): boolean {
  const served = state?.versions.find(({ version }) => version === state.serving.version);
  return artefact?.intact === true && served?.schema === state?.schema;
}

/** Whether every golden input is answered right just now. */
export async function predictsRight(kit: Kit, plan: Scenario): Promise<boolean> {
  const golden = await see(
    kit,
    'Look whether predictions are right now',
    () => proving(() => data.askGoldenInputs(whereOf(plan))),
    sayGolden,
  );
  return golden?.every(({ good }) => good) ?? false;
}

/** The newest older version that is whole and takes the same inputs, by its digest. Source: iot-anomaly "Fall back to previous model version". */
export async function serveFormerModel(kit: Kit, plan: Scenario, seen: FirstLook, found: ModelSeen): Promise<boolean> {
  const { service } = plan;
  const { state } = found;
  kit.phase('Fall back');
  const former = await lastGood(kit, plan, found);
  if (!state || !former) return false;
  const where = whereOf(plan);
  const { version, digest } = former;
  const { serving } = state;
  return offer(kit, plan, seen, {
    kind: 'roll-back',
    question: `Let ${service} predict with ${version} instead of ${serving.version}?`,
    because: sayModel(found),
    facts: async () => [
      fact('artefact of it', `whole, ${digest.slice(0, 19)}…`, 'the registry', { verdict: 'good' }),
      fact('it was made', former.at, 'the registry', { informational: true }),
    ],
    apply: () =>
      kit.step(`Serve ${version} by its digest`, () => data.serveModel({ ...where, version, digest }), {
        undo: () => data.putBackModel({ ...where, ...serving }),
      }),
  });
}

/** Every golden input right, every time, for as long as the environment watches. */
export async function provePredictions({ watch }: Kit, plan: Scenario): Promise<void> {
  const { forMs } = plan.proof;
  await watch(`Watch that predictions are right for ${Math.round(forMs / 1_000)} s`, {
    read: () => data.holdPredictions({ ...whereOf(plan), forMs, everyMs: Math.max(500, forMs / 60) }),
    holds: ({ bad }) => bad === 0,
  });
}

async function lastGood(kit: Kit, plan: Scenario, { state }: ModelSeen): Promise<ModelVersion | undefined> {
  if (!state) return undefined;
  const { serving, schema, versions } = state;
  const at = versions.findIndex(({ version }) => version === serving.version);
  const older = versions.slice(at + 1).filter((one) => one.schema === schema && one.digest !== serving.digest);
  for (const candidate of older.slice(0, mostCandidates)) {
    if ((await artefactOf(kit, plan, candidate.version))?.intact) return candidate;
  }
  return undefined;
}

async function artefactOf(kit: Kit, plan: Scenario, version: string | undefined): Promise<ArtefactSeen | null> {
  if (version === undefined) return null;
  return see(
    kit,
    `Reckon the checksum of ${version}`,
    () => data.checkArtefact({ ...whereOf(plan), version }),
    ({ intact, digest }) => (intact ? 'as the registry says' : `damaged: it is ${digest}`),
  );
}

const sayGolden = (golden: GoldenAnswer[]): string => {
  const wrong = golden.filter(({ good }) => !good);
  return `${golden.length - wrong.length} of ${golden.length} right${wrong[0] ? `; ${wrong[0].name}: ${wrong[0].detail}` : ''}`;
};

function sayModel({ state, artefact, golden }: ModelSeen): string {
  const served = state?.versions.find(({ version }) => version === state.serving.version);
  if (artefact?.intact === false) return 'the artefact that is served is damaged';
  if (served && served.schema !== state!.schema) return `it takes inputs of ${served.schema}, and ${state!.schema} is sent`;
  return golden ? sayGolden(golden) : 'the service answers no golden input';
}
