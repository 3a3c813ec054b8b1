import { z } from 'zod';
import type { Readiness } from '../../readiness/readiness.ts';
import { route, type Route } from '../route.ts';

const at = z.iso.datetime();
const finding = z.object({
  check: z.string(),
  resource: z.string(),
  state: z.enum(['ok', 'warning', 'failed', 'unknown']).describe('what cannot be read is unknown, and never ok'),
  needed: z.string(),
  have: z.string(),
  says: z.string().optional(),
  since: at.describe('when it was first seen so'),
});
const plan = z.object({
  name: z.string(),
  runbook: z.string(),
  title: z.string(),
  input: z.record(z.string(), z.unknown()),
  state: z.enum(['ready', 'warnings', 'notReady', 'notNow']),
  since: at,
  notNow: z.string().optional().describe('why nobody would start it now'),
  score: z
    .object({ points: z.number(), parts: z.array(z.object({ part: z.string(), factor: z.number(), why: z.string() })) })
    .nullable()
    .describe('0 to 100: 100 times all factors; null for what nobody would start now'),
  findings: z.array(finding).describe('worst first'),
  practice: z.object({ runId: z.string(), at, code: z.string().nullable() }).nullable().describe('when it was last done and ended well'),
});
export const readinessView = z.object({
  version: z.literal(1),
  environment: z.string(),
  evaluation: z.number().describe('rises with every look; 0 before the first'),
  looking: z.boolean(),
  at: at.nullable(),
  because: z.string(),
  nextAt: at.nullable(),
  plans: z.array(plan),
  alerts: z.array(z.object({ at, plan: z.string(), state: z.enum(['notReady', 'ready']), text: z.string(), by: z.array(z.string()) })),
});

/** Whether the recovery plans would work, before they are needed. */
export function readinessRoutes(readiness: Pick<Readiness, 'view' | 'evaluate'>): Route[] {
  return [
    route(
      {
        method: 'get',
        path: '/api/readiness',
        permission: 'viewer',
        summary: 'Show how ready the recovery plans are, as the last look saw it',
        responses: { 200: { description: 'Every plan with its score and findings', schema: readinessView } },
      },
      async () => ({ status: 200, body: await readiness.view() }),
    ),
    route(
      {
        method: 'post',
        path: '/api/readiness/evaluate',
        permission: 'responder',
        pace: 'command',
        summary: 'Have all recovery plans looked at now; nothing is changed',
        responses: {
          202: { description: '`evaluation` of GET /api/readiness rises when it is done', schema: z.object({ asked: z.boolean() }) },
        },
      },
      async ({ caller }) => {
        await readiness.evaluate(caller.person.subject);
        return { status: 202, body: { asked: true } };
      },
    ),
  ];
}
