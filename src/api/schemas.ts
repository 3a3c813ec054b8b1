import { z } from 'zod';
import type { Verb } from '../workflows/messages.ts';

// Terminals and logs show these texts: escape sequences and turned writing directions could hide what they say.
const plain = /^(?:[\t\r\n]|[^\p{Cc}\p{Bidi_Control}])*$/u;

/** Words by a person: not empty, plain characters. */
export const words = (most: number) =>
  z
    .string()
    .trim()
    .min(1, 'say it in words')
    .max(most)
    .refine((text) => plain.test(text), 'must not hold control characters');

export const id = words(200);

export const runId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:@-]{0,199}$/, 'is not the id of a run');
export const runParams = z.strictObject({ runId });
export const runbookParams = z.strictObject({ name: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'is not the name of a runbook') });

export const listQuery = z.strictObject({
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'use a number from 1 to 999')
    .default('50')
    .transform(Number),
});

export const reportQuery = z.strictObject({ format: z.enum(['html', 'md', 'json']).default('html') });

export const signInQuery = z.strictObject({ token: z.string().min(1).max(200) });

/** Repeats with the same key and body are one request. */
export const idempotencyHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, 'use 1 to 255 visible characters without spaces')
    .optional(),
});

export const startBody = z.strictObject({
  runbook: runbookParams.shape.name,
  mode: z.enum(['live', 'simulate']).default('live'),
  reason: words(1_000),
  incident: words(200).optional(),
  input: z.record(z.string(), z.unknown()),
});

const gateDecision = z.strictObject({ gate: id, digest: id, comment: words(1_024).optional() });
const withReason = z.strictObject({ reason: words(1_000).optional() });

/** The body of each verb; who speaks comes from the token, never from the body. */
export const commandBodies = {
  approve: gateDecision,
  decline: gateDecision,
  pause: withReason,
  resume: withReason,
  retryStep: z.strictObject({ step: id.optional(), reason: words(1_000).optional() }),
  skipStep: z.strictObject({ step: id.optional(), reason: words(1_000) }),
  undo: withReason,
  abort: z.strictObject({ reason: words(1_000).optional(), how: z.enum(['leave', 'undo']).optional() }),
  note: z.strictObject({ text: words(4_000) }),
} as const satisfies Record<Verb, z.ZodObject>;
