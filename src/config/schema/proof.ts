import { z } from 'zod';
import { duration, reference } from './basics.ts';

const below = z.string().regex(/^\/[^\s\p{Cc}]*$/u, 'use a path that begins with "/"');
const status = z.int().min(100).max(599);

/** What an answer must hold: a part of its JSON, e.g. `{ status: healthy }`, or a text in it, by whole words. */
const expectedBody = z.union([z.string().min(1), z.record(z.string(), z.json())], 'use a text, or a part of the JSON that is expected');

/** How a service is asked whether it is well. Without it its url itself is asked, and any answer below 500 counts. */
export const health = z.strictObject({
  /** Below the service's url. */
  path: below,
  status: status.default(200),
  body: expectedBody.exactOptional(),
  /** An answer must come within it. */
  timeout: duration.default(2_000),
});

const secretHeader = /auth|cookie|token|secret|password|key/i;
const isReference = (value: string) => /^([\w-]+ )?(env|file):./.test(value) || /\{\w+\}/.test(value);
/** A value, `env:NAME`, `Bearer env:NAME`, or with `{name}` of what an earlier answer said; a secret is never written here. */
const headers = z
  .record(z.string().regex(/^[A-Za-z0-9-]+$/, 'use the name of a header'), reference)
  .refine(
    (all) => Object.entries(all).every(([name, value]) => !secretHeader.test(name) || isReference(value)),
    'a header that is secret must be a reference: env:NAME, file:PATH, or Bearer env:NAME',
  );

/** One request of a proof. `{marker}` in path, body and expectation is the proof's own UUID, by which it is found again. */
const proofRequest = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET'),
  path: below,
  headers: headers.default({}),
  /** Sent as JSON; texts in it may be `env:NAME`. */
  body: z.json().exactOptional(),
  /** Without a status any of 2xx is good. */
  expect: z.strictObject({ status: status.exactOptional(), body: expectedBody.exactOptional() }).default({}),
  /** Values of the answer for later requests, by the way to them: `{ id: order.id }` is `{id}` from then on. */
  take: z.record(z.string().regex(/^(?!marker$)[a-z][A-Za-z0-9]*$/, 'use a name that is not marker'), z.string().min(1)).default({}),
});

/** A program on the worker's machine that proves the service by ending with 0; one whose text has changed is refused. */
const proofProgram = z.strictObject({
  file: z.string().regex(/^\/(?!.*(\/|^)\.\.(\/|$))[^\p{Cc}]*$/u, 'use a whole path, without ".."'),
  /** Of the file's content, as `sha256sum` tells it. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'use the 64 hex digits that sha256sum tells'),
  /** It gets the url that it is to prove as MUSTER_URL, and the marker as MUSTER_MARKER. */
  arguments: z.array(z.string()).default([]),
});

/** What shows that the service does what it is for. */
export const serviceProof = z
  .strictObject({
    title: z.string().min(1),
    kind: z.enum(['read', 'write', 'signIn', 'prediction', 'journey']),
    /** In order. */
    requests: z.array(proofRequest).min(1).exactOptional(),
    program: proofProgram.exactOptional(),
    /** Takes away what the proof has left; it is asked also when the proof failed. */
    cleanUp: z.array(proofRequest).default([]),
    /** It may be done at any time, so that readiness does it too; a read always may. */
    harmless: z.boolean().default(false),
    /** Of each request, and of the program. */
    timeout: duration.default(5_000),
  })
  .refine(({ requests, program }) => (requests === undefined) !== (program === undefined), 'say either requests or program')
  .refine(
    ({ kind, requests = [] }) => kind !== 'read' || requests.every(({ method }) => method === 'GET'),
    'a read asks by GET only; another kind may change something',
  )
  .refine(({ kind, cleanUp }) => kind !== 'read' || cleanUp.length === 0, 'a read leaves nothing to clean up');
