import { z } from 'zod';
import { duration, secret, url } from './basics.ts';

const golden = z.strictObject({
  name: z.string().min(1).describe('What the input is.'),
  input: z.record(z.string(), z.unknown()).describe('What is sent.'),
  answer: z.record(z.string(), z.number()).describe('Numbers of the answer, by their names.'),
  tolerance: z
    .number()
    .nonnegative()
    .default(0)
    .describe('So far a number may be from the known one.')
    .meta({ examples: [0.01] }),
});

/** What a service of predictions serves, and how anybody can tell that it is right. Source: iot-anomaly "3. Model Inference Failures". */
export const model = z
  .strictObject({
    registry: z
      .strictObject({
        url: url.describe('Where it is asked; `{region}` is replaced.'),
        token: secret.describe('Token that is sent, as a reference.'),
      })
      .describe(
        'GET → { serving: { version, digest }, versions: [{ version, digest, schema, at, artefact }] }; PUT { version, digest } with the token serves that one. An artefact is a URL on the same host.',
      ),
    schema: z.string().min(1).describe('Form of the inputs that the service sends; a version of another one is never served.'),
    predict: url.describe('Takes a POST with an input; `{region}` is replaced.'),
    loadWithin: duration
      .default(120_000)
      .describe('So long the service may take until it answers by another version.')
      .meta({ examples: ['2m'] }),
    golden: z.array(golden).min(1).describe('Inputs of which the answer is known.'),
  })
  .describe('What it predicts with; left out where it predicts nothing.');

const source = z.strictObject({
  name: z.string().min(1).describe('What it is.'),
  url: url.describe('Answers a GET with 2xx when it is there.'),
});

/** What brings data in, and how old the newest may be. Source: iot-anomaly "6. Data Pipeline Failures". */
export const pipeline = z
  .strictObject({
    url: url.describe(
      'GET → { writer: running | stopped, newest: ISO time, duplicates: n, batches: [{ id, state, records, problem, replay }] }; PUT …/writer { state } and PUT …/batches/<id> { state, replay } with the token. One `replay` is done once. `{region}` is replaced.',
    ),
    token: secret.describe('Token that is sent, as a reference.'),
    sources: z.array(source).default([]).describe('Where the data comes from.'),
    freshFor: duration.describe('Older than this, the newest data is stale.'),
  })
  .describe('What brings its data in; left out where nothing does.');
