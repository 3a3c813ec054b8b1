import { z } from 'zod';
import type { RunSummary, StartedRun } from '../runs/runs.ts';
import { verbs, type RunView } from '../workflows/messages.ts';
import { describes } from './described.ts';

/** What the API answers, described for OpenAPI; it fails to compile when what is answered moves away from this. */
const at = z.iso.datetime();
const mode = z.enum(['live', 'simulate', 'tape']);
const role = z.enum(['viewer', 'responder', 'approver', 'admin']);
export const runState = z.enum([
  ...(['pending', 'inProgress', 'pendingApproval', 'pausedByFailedStep', 'pausedByOperator'] as const),
  ...(['completed', 'completedWithExceptions', 'timedOut', 'failed', 'canceled'] as const),
  ...(['compensating', 'compensated', 'compensationFailed', 'handedOver', 'blockedByLease'] as const),
]);
const stepState = z.enum([
  ...(['running', 'pendingApproval', 'completed', 'failed', 'skipped', 'notMeasured'] as const),
  ...(['canceled', 'compensated', 'compensationFailed', 'simulated', 'notTried'] as const),
]);
const channel = z.enum(['api', 'cli', 'temporal', 'console', 'slack', 'pagerduty']);

const predicted = z.object({ call: z.string(), args: z.unknown().optional() });
const evidence = z.object({
  at,
  tool: z.enum(['aws', 'postgres', 'redis', 'http', 'command', 'notify', 'archive', 'muster']),
  call: z.string(),
  args: z.unknown().optional(),
  kind: z.enum(['read', 'change', 'notify']),
  outcome: z.string(),
  ok: z.boolean(),
  ms: z.number(),
  attempt: z.number(),
  operation: z.string().optional(),
  times: z.number().optional().describe('equal reads in a row that it stands for, when there were more than one; `ms` is their sum'),
});
const step = z.object({
  id: z.string(),
  title: z.string(),
  phase: z.string(),
  kind: z.enum(['step', 'measure', 'gate', 'watch', 'rest', 'run', 'undo']),
  state: stepState,
  startedAt: at,
  endedAt: at.optional(),
  tries: z.number(),
  child: z.string().optional(),
  outcome: z.string().optional(),
  failure: z.object({ name: z.string(), message: z.string() }).optional(),
  reversible: z.boolean(),
  pointOfNoReturn: z.boolean(),
  evidence: z.array(evidence),
  predicted: z.array(predicted),
});
const fact = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['duration', 'bytes', 'count', 'share', 'time', 'yesNo', 'words']),
  value: z.union([z.string(), z.number(), z.boolean(), z.null()]),
  unit: z.string().optional(),
  source: z.string(),
  at,
  tolerance: z.number().optional(),
  informational: z.boolean().optional(),
  verdict: z.enum(['good', 'bad', 'unknown', 'notTried']).optional(),
});
const gate = z.object({
  id: z.string(),
  question: z.string(),
  phase: z.string(),
  of: z.string(),
  quorum: z.number(),
  state: z.enum(['open', 'approved', 'declined', 'expired', 'canceled', 'simulated']),
  openedAt: at,
  closesAt: at.optional(),
  decidedAt: at.optional(),
  round: z.number(),
  facts: z.array(fact),
  digest: z.string(),
  decisions: z.array(
    z.object({ decision: z.enum(['approve', 'decline']), by: z.string(), at, comment: z.string().optional(), digest: z.string(), channel }),
  ),
  escalations: z.array(z.object({ at, to: z.string() })),
  cannotBeUndone: z.string().optional(),
});
const timelineEntry = z.object({
  at,
  kind: z.enum(['run', 'phase', 'step', 'gate', 'operator', 'note', 'message']),
  text: z.string(),
  by: z.string().optional(),
  step: z.string().optional(),
});
const message = z.object({
  to: z.enum(['slack', 'pagerduty', 'statuspage']),
  text: z.string(),
  at,
  state: z.enum(['sending', 'sent', 'notSent', 'simulated']),
  problem: z.string().optional(),
});

export const runView = z
  .object({
    version: z.literal(1),
    runbook: z.string(),
    title: z.string(),
    runId: z.string(),
    environment: z.string(),
    mode,
    state: runState,
    status: z.string(),
    requestedBy: z.string(),
    reason: z.string(),
    incident: z.string().optional(),
    drill: z.string().optional().describe('the exercise that it is part of'),
    parent: z.string().optional(),
    successor: z.string().optional(),
    startedAt: at,
    endedAt: at.optional(),
    phase: z.string().optional(),
    waitingFor: z.object({ what: z.string(), who: z.string(), since: at, until: at.optional() }).optional(),
    verbs: z.array(z.enum(verbs)),
    pastPointOfNoReturn: z.boolean(),
    undoable: z.array(z.string()),
    leases: z.array(z.string()),
    steps: z.array(step),
    gates: z.array(gate),
    timeline: z.array(timelineEntry),
    messages: z.array(message),
    measures: z.record(z.string(), z.unknown()),
    plan: z.unknown(),
  })
  .meta({ id: 'RunView' });

export const runList = z.object({
  runs: z.array(
    z.object({
      runId: z.string(),
      runbook: z.string(),
      environment: z.string(),
      mode,
      state: z.string(),
      unconfirmed: z
        .literal(true)
        .optional()
        .describe("the run could not be asked in time: its state is from Temporal's list, which may be behind"),
      startedAt: at,
      endedAt: at.optional(),
      title: z.string().optional(),
    }),
  ),
});
export const started = z.object({
  runId: z.string(),
  applied: z.boolean().describe('false: recorded, and no worker has taken it up yet'),
  existed: z.boolean().describe('true: a repeat with the same Idempotency-Key'),
  state: runState.optional(),
  status: z.string().optional(),
});
export const commanded = z.object({ applied: z.boolean(), state: runState.optional(), status: z.string() });
export const runbook = z.object({
  name: z.string(),
  title: z.string(),
  when: z.string(),
  source: z.string(),
  startRole: role,
  input: z.record(z.string(), z.unknown()).describe('JSON Schema of the input'),
  example: z.unknown(),
});
export const runbookList = z.object({ runbooks: z.array(runbook) });
export const me = z.object({
  subject: z.string(),
  name: z.string(),
  roles: z.array(role),
  duties: z.array(z.string()),
  environment: z.object({
    name: z.string(),
    title: z.string(),
    names: z.record(z.string(), z.array(z.string())).describe('what there is to choose from, by what it is: services, regions, severities'),
  }),
});
export const signInLink = z.object({ path: z.string(), until: z.string() });
export const readiness = z.object({ ready: z.boolean(), temporal: z.boolean(), worker: z.boolean(), detail: z.string() });
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number(),
    detail: z.string(),
    instance: z.string(),
    code: z.string(),
    errors: z
      .array(z.object({ pointer: z.string(), detail: z.string(), in: z.enum(['body', 'path', 'query', 'header']).optional() }))
      .optional(),
    holder: z.string().optional(),
  })
  .meta({ id: 'Problem' });

describes<RunView, typeof runView>(true);
describes<{ runs: RunSummary[] }, typeof runList>(true);
describes<StartedRun, typeof started>(true);
