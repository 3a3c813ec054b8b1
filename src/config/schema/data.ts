import { z } from 'zod';
import { duration, secret, url } from './basics.ts';

/** What a service of predictions serves, and how anybody can tell that it is right. Source: iot-anomaly "3. Model Inference Failures". */
export const model = z.strictObject({
  /**
   * GET → { serving: { version, digest }, versions: [{ version, digest, schema, at, artefact }] }; PUT { version, digest } with the token
   * serves that one. An artefact is a URL on the same host. `{region}` is replaced.
   */
  registry: z.strictObject({ url, token: secret }),
  /** Form of the inputs that the service sends; a version of another one is never served. */
  schema: z.string().min(1),
  /** Takes a POST with an input. `{region}` is replaced. */
  predict: url,
  /** So long the service may take until it answers by another version. */
  loadWithin: duration.default(120_000),
  /** Inputs of which the answer is known. */
  golden: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        input: z.record(z.string(), z.unknown()),
        /** Numbers of the answer, by their names. */
        answer: z.record(z.string(), z.number()),
        /** So far a number may be from the known one. */
        tolerance: z.number().nonnegative().default(0),
      }),
    )
    .min(1),
});

/** What brings data in, and how old the newest may be. Source: iot-anomaly "6. Data Pipeline Failures". */
export const pipeline = z.strictObject({
  /**
   * GET → { writer: running | stopped, newest: ISO time, duplicates: n, batches: [{ id, state, records, problem, replay }] };
   * PUT …/writer { state } and PUT …/batches/<id> { state, replay } with the token. One `replay` is done once. `{region}` is replaced.
   */
  url,
  token: secret,
  /** Where the data comes from; each answers a GET with 2xx when it is there. */
  sources: z.array(z.strictObject({ name: z.string().min(1), url })).default([]),
  /** Older than this, the newest data is stale. */
  freshFor: duration,
});
