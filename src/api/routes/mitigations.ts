import { z } from 'zod';
import { listMitigations } from '../../runs/mitigations.ts';
import type { Runs } from '../../runs/runs.ts';
import { route, type Route } from '../route.ts';

const at = z.iso.datetime();
const mitigationList = z.object({
  mitigations: z.array(
    z.object({
      runId: z.string(),
      service: z.string(),
      kind: z.string(),
      value: z.number().optional(),
      owner: z.string(),
      reason: z.string(),
      since: at,
      asksAt: at.nullable().describe('when people are asked whether it is still needed; null while they are asked'),
      kept: z.number().describe('how often they said that it is'),
      state: z.string(),
      status: z.string(),
      left: z.boolean().describe('its run has ended and left it in force: nothing will take it back'),
    }),
  ),
});

/** What services are relieved by now. They are started and ended as runs are. */
export function mitigationRoutes(runs: Runs): Route[] {
  return [
    route(
      {
        method: 'get',
        path: '/api/mitigations',
        permission: 'viewer',
        summary: 'List the mitigations that are in force',
        responses: {
          200: { description: 'Newest first; `left` says that its run has ended and nothing will take it back', schema: mitigationList },
        },
      },
      async () => ({ status: 200, body: { mitigations: await listMitigations(runs) } }),
    ),
  ];
}
