import { z } from 'zod';
import { duration, reference } from './basics.ts';

const below = z.string().regex(/^\/[^\s\p{Cc}]*$/u, 'use a path that begins with "/"');
const status = z.int().min(100).max(599);

/** What an answer must hold: a part of its JSON, e.g. `{ status: healthy }`, or a text in it, by whole words. */
const expectedBody = z.union([z.string().min(1), z.record(z.string(), z.json())], 'use a text, or a part of the JSON that is expected');
const sayBody = 'What the answer must hold: a part of its JSON, or a text in it by whole words; anything unless said.';

/** How a service is asked whether it is well. */
export const health = z
  .strictObject({
    path: below.describe("Below the service's url."),
    status: status
      .default(200)
      .describe('Status that says it is well.')
      .meta({ examples: [200] }),
    body: expectedBody.exactOptional().describe(sayBody),
    timeout: duration
      .default(2_000)
      .describe('An answer must come within it.')
      .meta({ examples: ['2s'] }),
  })
  .describe('How it is asked whether it is well. Without it its url itself is asked, and any answer below 500 counts.');

const secretHeader = /auth|cookie|token|secret|password|key/i;
const isReference = (value: string) => /^([\w-]+ )?(env|file):./.test(value) || /\{\w+\}/.test(value);
const headers = z
  .record(z.string().regex(/^[A-Za-z0-9-]+$/, 'use the name of a header'), reference)
  .refine(
    (all) => Object.entries(all).every(([name, value]) => !secretHeader.test(name) || isReference(value)),
    'a header that is secret must be a reference: env:NAME, file:PATH, or Bearer env:NAME',
  );

const expectation = z.strictObject({
  status: status.exactOptional().describe('Status that is good; any of 2xx unless said.'),
  body: expectedBody.exactOptional().describe(sayBody),
});

/** One request of a proof. `{marker}` in path, body and expectation is the proof's own UUID, by which it is found again. */
const proofRequest = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET').describe('Method of the request.'),
  path: below.describe("Below the service's url; `{marker}` is the proof's own UUID, by which it is found again."),
  headers: headers
    .default({})
    .describe('A value, `env:NAME`, `Bearer env:NAME`, or with `{name}` of what an earlier answer said; a secret is never written here.')
    .meta({ examples: [{ Authorization: 'Bearer env:SHOP_PROOF_TOKEN' }] }),
  body: z.json().exactOptional().describe('Sent as JSON; texts in it may be `env:NAME`, and hold `{marker}`.'),
  expect: expectation.default({}).describe('What the answer must be; any of 2xx unless said.'),
  take: z
    .record(z.string().regex(/^(?!marker$)[a-z][A-Za-z0-9]*$/, 'use a name that is not marker'), z.string().min(1))
    .default({})
    .describe('Values of the answer for later requests, by the way to them: `{ id: order.id }` is `{id}` from then on.')
    .meta({ examples: [{ id: 'order.id' }] }),
});

/** A program on the worker's machine that proves the service by ending with 0; one whose text has changed is refused. */
const proofProgram = z.strictObject({
  file: z
    .string()
    .regex(/^\/(?!.*(\/|^)\.\.(\/|$))[^\p{Cc}]*$/u, 'use a whole path, without ".."')
    .describe("Whole path of the program on the worker's machine.")
    .meta({ examples: ['/srv/shop/smoke-test.sh'] }),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'use the 64 hex digits that sha256sum tells')
    .describe("Of the file's content, as `sha256sum` tells it; a program whose text has changed is refused.")
    .meta({ examples: ['0'.repeat(64)] }),
  arguments: z
    .array(z.string())
    .default([])
    .describe('What it gets; the url that it is to prove is in MUSTER_URL, and the marker in MUSTER_MARKER.')
    .meta({ examples: [['--quick']] }),
});

/** What shows that the service does what it is for. */
export const serviceProof = z
  .strictObject({
    title: z.string().min(1).describe('What it shows, as a sentence.'),
    kind: z
      .enum(['read', 'write', 'signIn', 'prediction', 'journey'])
      .describe('A `read` asks by GET and leaves nothing; `write` and `journey` prove a write; the others show what they say.'),
    requests: z.array(proofRequest).min(1).exactOptional().describe('Requests in order; say either these or a program.'),
    program: proofProgram
      .exactOptional()
      .describe("A program on the worker's machine that proves the service by ending with 0.")
      .meta({ examples: [{ file: '/srv/shop/smoke-test.sh', sha256: '0'.repeat(64) }] }),
    cleanUp: z
      .array(proofRequest)
      .default([])
      .describe('Requests that take away what the proof has left; they are sent also when the proof failed.')
      .meta({
        examples: [[{ method: 'DELETE', path: '/carts/{marker}', body: { by: 'Muster' }, expect: { status: 200, body: { gone: true } } }]],
      }),
    harmless: z
      .boolean()
      .default(false)
      .describe('It may be done at any time, so that readiness does it too; a read always may.')
      .meta({ examples: [true] }),
    timeout: duration
      .default(5_000)
      .describe('Of each request, and of the program.')
      .meta({ examples: ['5s'] }),
  })
  .refine(({ requests, program }) => (requests === undefined) !== (program === undefined), 'say either requests or program')
  .refine(
    ({ kind, requests = [] }) => kind !== 'read' || requests.every(({ method }) => method === 'GET'),
    'a read asks by GET only; another kind may change something',
  )
  .refine(({ kind, cleanUp }) => kind !== 'read' || cleanUp.length === 0, 'a read leaves nothing to clean up');
