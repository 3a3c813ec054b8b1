import { z } from 'zod';
import type { DeskView } from '../workflows/incident/commands.ts';
import { incidentStates, type IncidentView } from '../workflows/incident/view.ts';
import { runState } from './answers.ts';
import { describes } from './described.ts';

/** What the API answers of incidents, described for OpenAPI; it fails to compile when what is answered moves away from this. */
const at = z.iso.datetime();
const state = z.enum(incidentStates);
const both = <T extends z.ZodType>(of: T) => z.object({ internal: of, customers: of });
const counted = z.object({ due: z.number(), kept: z.number() });
const text = z.string();
const said = z.object({
  ...{ progress: text, nextSteps: text, eta: text, cause: text },
  ...{ resolution: text, lessons: text, users: text, data: text },
});
const milestones = z.object({
  startedAt: at,
  detectedAt: at,
  declaredAt: at.optional(),
  acknowledgedAt: at.optional(),
  mitigatedAt: at.optional(),
  resolvedAt: at.optional(),
  closedAt: at.optional(),
});
const episode = z.object({
  ...{ fingerprint: text, summary: text, startsAt: at, endsAt: at.optional(), firstSeenAt: at, declareAt: at.optional() },
});
const run = z.object({
  ...{ runId: text, runbook: text, title: text, mode: z.enum(['live', 'simulate', 'tape']), state: runState, status: text },
  ...{ startedAt: at, endedAt: at.optional(), startedBy: text },
});
const message = z.object({
  ...{ id: text, about: text, dueAt: at, state: z.enum(['waiting', 'sent', 'givenUp']), sentAt: at.optional() },
  ...{ late: z.boolean().optional(), tries: z.number(), problem: text.optional(), unsure: z.boolean().optional() },
  post: z.object({ sink: z.enum(['slack', 'pagerduty', 'statuspage', 'ticket', 'email']), act: text }).loose(),
});
const timelineKind = z.enum([
  ...(['state', 'alert', 'clock', 'role', 'severity', 'run', 'update', 'verification'] as const),
  ...(['review', 'action', 'note', 'message'] as const),
]);

export const incidentView = z
  .object({
    version: z.literal(1),
    ...{ number: text, environment: text, title: text, service: text, severity: text, state, status: text },
    publicStatus: z.enum(['investigating', 'identified', 'monitoring', 'resolved']),
    ...{ drill: z.boolean(), declaredBy: text.optional(), impact: text, said, milestones },
    ...{ round: z.number(), roundSince: at, acknowledgedRound: z.number().nullable() },
    people: z.array(z.object({ subject: text, name: text, duties: z.array(text) })),
    roles: z.record(text, z.object({ subject: text, since: at }).nullable()),
    links: z.object({
      channel: z.object({ id: text, name: text }).optional(),
      ticket: z.object({ key: text, url: text }).optional(),
      statuspage: z.object({ id: text }).optional(),
      pagerduty: z.object({ key: text, notPaged: text.optional().describe('why nobody was paged') }).optional(),
    }),
    alerts: z.array(episode),
    suggestions: z.array(z.object({ runbook: text, input: z.record(text, z.unknown()), why: text })),
    runs: z.array(run),
    promises: both(z.array(z.object({ dueAt: at, sentAt: at.optional(), by: text.optional() }))),
    verification: z.array(
      z.object({ name: text, kind: text, at, verdict: z.enum(['good', 'bad', 'unknown']), detail: text, attestedBy: text.optional() }),
    ),
    stability: z.object({ since: at, until: at, readings: z.number(), asks: text.optional() }).optional(),
    leftovers: z.array(
      z.object({
        kind: z.enum(['mitigation', 'frozen-delivery', 'open-run']),
        what: text,
        runId: text.optional(),
        service: text.optional(),
      }),
    ),
    reviews: z.array(z.object({ name: text, title: text, dueAt: at, doneAt: at.optional(), by: text.optional(), notes: text.optional() })),
    closing: z.array(
      z.object({ name: text, title: text, done: z.boolean(), by: text.optional(), at: at.optional(), note: text.optional() }),
    ),
    actions: z.array(z.object({ id: text, text, owner: text, dueAt: at, doneAt: at.optional() })),
    similar: z.array(z.object({ number: text, title: text, cause: text, resolvedAt: at.optional() })),
    changes: z.array(z.object({ at, what: text, source: text })),
    timeline: z.array(z.object({ id: text, at, kind: timelineKind, text, by: text.optional(), on: text.optional() })),
    messages: z.array(message),
    archived: z.object({ parts: z.number(), messages: z.number() }),
    archive: z.object({ report: text.optional(), bundle: text.optional(), problems: z.array(text) }).optional(),
    policy: z.unknown().describe('how the environment dealt with incidents when this one began'),
    done: z.record(text, text).describe('what the clocks have done'),
    nextIds: z.object({ message: z.number(), entry: z.number(), action: z.number() }),
    next: z.array(z.object({ at, what: text })).describe('what the clocks wait for, soonest first'),
    kept: both(counted).describe('promised updates'),
    drafts: both(z.object({ subject: text, text })).describe('updates as they would be sent now'),
    signals: z.array(text).describe('what can be asked of it now'),
  })
  .meta({ id: 'IncidentView' });

const incidentSummary = milestones
  .extend({
    ...{ number: text, title: text, service: text, severity: text, state, drill: z.boolean(), cause: text },
    ...{ updates: counted, openActions: z.number(), workflowId: text },
  })
  .meta({ id: 'IncidentSummary' });

export const incidentList = z.object({
  open: z.array(incidentSummary),
  ended: z.array(incidentSummary).describe('newest first'),
  alerts: z.object({ taken: z.number(), repeated: z.number(), episodes: z.number() }),
});
export const declared = z.object({
  number: text.optional().describe('absent while it is only recorded: the next worker allots it'),
  applied: z.boolean(),
  existed: z.boolean().describe('true: a repeat with the same Idempotency-Key'),
});
export const asked = z.object({ applied: z.boolean(), state: state.optional(), status: text });

describes<IncidentView, typeof incidentView>(true);
describes<DeskView, typeof incidentList>(true);
