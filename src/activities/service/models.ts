import { ApplicationFailure } from '@temporalio/common';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { ServiceRegion } from '../aws/index.ts';
import { bearer, change, failure, proof, read, requestGood, takeReadings, until } from '../kit/index.ts';
import { type ArtefactSeen, askGolden, type GoldenAnswer, modelOf, type ModelState, readArtefact, readRegistry } from './model-registry.ts';

export type { ArtefactSeen, GoldenAnswer, ModelState, ModelVersion } from './model-registry.ts';

type OneModel = ServiceRegion & { version: string; digest: string };

const patience = 60_000;

/** What a service predicts with: whether it is whole, whether it answers right, and the switch to another version by its digest. */
export function modelActivities(environment: Environment) {
  const at = (where: ServiceRegion) => modelOf(environment, where);
  const serve = (sound: boolean) =>
    change({
      check: ({ version, digest }: OneModel) => {
        if (!/^[A-Za-z0-9][\w.+:-]{0,127}$/.test(version)) throw failure(Failure.InvalidInput, `${JSON.stringify(version)} is no version`);
        if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw failure(Failure.InvalidInput, `${JSON.stringify(digest)} is no digest`);
      },
      look: async (asked: OneModel) => {
        const state = await readRegistry(at(asked));
        return { so: state.serving.digest === asked.digest, found: `${state.serving.version} is served`, state };
      },
      // What was served before is put back after a step that simulate did not do.
      predictAnyway: !sound,
      predict: (asked) => ({
        calls: [{ call: `PUT ${at(asked).at}`, args: { version: asked.version, digest: asked.digest } }],
        result: { serving: asked.version },
      }),
      refuse: (asked, { state }) => (sound ? refuseUnsound(asked, state) : undefined),
      act: async ({ version, digest, ...where }) => {
        const { at: url, registry } = at(where);
        await requestGood({ method: 'PUT', url, headers: bearer(registry.token), body: { version, digest }, kind: 'change' });
      },
      prove: async (asked) => {
        const served = await until(
          async () => {
            const { serving } = await readRegistry(at(asked));
            return serving.digest === asked.digest ? { is: serving.version } : { notYet: `${serving.version} is served` };
          },
          { within: patience, what: `${asked.version} to be served` },
        );
        if (sound) await answersRight(asked);
        return { serving: served };
      },
    });

  /** Throws RefusedBySafetyRule for a version that must not be served. */
  async function refuseUnsound(asked: OneModel, { versions }: ModelState): Promise<void> {
    const place = at(asked);
    const found = versions.find(({ version }) => version === asked.version);
    const no = (why: string) => failure(Failure.RefusedBySafetyRule, `${asked.version} is not served: ${why}`);
    if (found?.digest !== asked.digest) throw no(found ? `it is ${found.digest} now` : 'the registry has it no longer');
    if (found.schema !== place.schema) throw no(`it takes inputs of ${found.schema}, and the service sends ${place.schema}`);
    if (!(await readArtefact(place, asked.version)).intact) throw no('its artefact is damaged');
  }

  /** Waits until the service answers by the new version. Throws Permanent with the wrong answer: waiting longer makes none right. */
  async function answersRight(asked: OneModel): Promise<void> {
    const place = at(asked);
    let wrong: GoldenAnswer | undefined;
    const look = async () => {
      wrong = (await askGolden(place)).find(({ good }) => !good);
      return wrong ? { notYet: wrong.detail } : { is: true };
    };
    await until(look, { within: place.loadWithin, what: `${asked.version} to answer right` }).catch((error: unknown) => {
      if (!wrong || !(error instanceof ApplicationFailure) || error.type !== Failure.NotYet) throw error;
      throw failure(Failure.Permanent, `${asked.version} is served and answers wrong: ${wrong.name}: ${wrong.detail}`);
    });
  }

  return {
    /** What is served and what could be, newest first, with the form of inputs that the service sends. */
    readModel: read(async (where: ServiceRegion): Promise<ModelState & { schema: string }> => {
      const place = at(where);
      return { ...(await readRegistry(place)), schema: place.schema };
    }),

    /** Whether an artefact is what the registry says, by its checksum. Source: iot-anomaly "Verify model file integrity". */
    checkArtefact: read(({ version, ...where }: ServiceRegion & { version: string }): Promise<ArtefactSeen> =>
      readArtefact(at(where), version),
    ),

    /** What the service answers to inputs of which the answer is known. Source: iot-anomaly "Verify model API". */
    askGoldenInputs: read((where: ServiceRegion): Promise<GoldenAnswer[]> => askGolden(at(where))),

    /** Serves a version by its digest, once, and proves it by the golden inputs. Refused for one that is damaged or takes other inputs. */
    serveModel: serve(true),

    /** Serves again what was served before, whatever it was: the way back. */
    putBackModel: serve(false),

    /** Asks every golden input again and again; a reading is good when every answer is right. */
    holdPredictions: proof(({ forMs, everyMs, ...where }: ServiceRegion & { forMs: number; everyMs: number }) => {
      const place = at(where);
      return takeReadings(
        async () => {
          const wrong = (await askGolden(place)).find(({ good }) => !good);
          return { good: wrong === undefined, detail: wrong ? `${wrong.name}: ${wrong.detail}` : 'every answer is right' };
        },
        { forMs, everyMs },
      );
    }),
  };
}
