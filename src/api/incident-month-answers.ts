import { z } from 'zod';
import { incidentStates } from '../workflows/incident/view.ts';
import type { IncidentMonth } from '../incidents/month.ts';
import { describes } from './described.ts';

const at = z.iso.datetime();
const ms = z.number().nullable().describe('ms; null when it has not come so far');
const spread = z.object({ of: z.number(), mean: ms, median: ms });
const times = z.object({ toDetect: spread, toAcknowledge: spread, toMitigate: spread, toResolve: spread });
const updates = z.object({ due: z.number(), kept: z.number() });

/** What the API answers about a month of incidents, described for OpenAPI. */
export const incidentMonth = z
  .object({
    month: z.string(),
    environment: z.object({ name: z.string(), title: z.string() }),
    from: at,
    to: at.describe('excluded; now while the month is not over'),
    incidents: z.array(
      z.object({
        ...{ number: z.string(), title: z.string(), service: z.string(), severity: z.string(), state: z.enum(incidentStates) },
        ...{ declaredAt: at, updates, openActions: z.number() },
        ...{ toDetect: ms, toAcknowledge: ms, toMitigate: ms, toResolve: ms },
      }),
    ),
    times,
    bySeverity: z.array(z.object({ severity: z.string(), count: z.number(), open: z.number(), times })),
    weeks: z.array(z.object({ from: at, count: z.number(), bySeverity: z.record(z.string(), z.number()) })),
    perWeek: z.number().nullable(),
    updates,
    openActions: z.number(),
    leftOut: z.object({ drills: z.number(), dismissed: z.number(), proposed: z.number() }).describe('not counted'),
    actions: z.array(
      z.object({ ...{ id: z.string(), number: z.string(), text: z.string(), owner: z.string() }, dueAt: at, doneAt: at.optional() }),
    ),
    unread: z.array(z.string()).describe('incidents whose action items could not be read'),
  })
  .meta({ id: 'IncidentMonth' });

describes<IncidentMonth, typeof incidentMonth>(true);
