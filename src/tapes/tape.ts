import { z } from 'zod';

const at = z.iso.datetime();
const ms = z.number().nonnegative();

/** What one activity of a past run answered, and how long that took. */
const call = z.strictObject({
  activity: z.string(),
  /** Title of the step that it worked for; empty when it worked for the run as a whole. */
  step: z.string(),
  args: z.array(z.unknown()),
  at,
  tookMs: ms,
  attempts: z.int().positive(),
  /** What it spoke to, by the evidence: `route53`, `rds`, `postgres`, `http` … */
  uses: z.array(z.string()),
  outcome: z.discriminatedUnion('is', [
    z.strictObject({ is: z.literal('result'), value: z.unknown().optional() }),
    z.strictObject({ is: z.literal('failure'), type: z.string(), message: z.string(), nonRetryable: z.boolean() }),
  ]),
});

/** What a person told the run. */
const said = z.strictObject({
  verb: z.enum(['approve', 'decline', 'retryStep', 'skipStep', 'undo', 'abort', 'pause', 'resume', 'note']),
  ...{ by: z.string(), at },
  ...{ gate: z.string().optional(), digest: z.string().optional(), comment: z.string().optional() },
  ...{ step: z.string().optional(), reason: z.string().optional(), how: z.enum(['leave', 'undo']).optional() },
});

const step = z.object({
  ...{ id: z.string(), title: z.string(), phase: z.string(), kind: z.string(), state: z.string(), tries: z.number() },
  ...{ startedAt: at, endedAt: at.optional(), outcome: z.string().optional() },
  failure: z.object({ name: z.string(), message: z.string() }).optional(),
});
const fact = z.looseObject({
  ...{ name: z.string(), value: z.union([z.string(), z.number(), z.boolean(), z.null()]), source: z.string(), at: z.string() },
  ...{ tolerance: z.number().optional(), informational: z.boolean().optional(), unit: z.string().optional() },
  verdict: z.enum(['good', 'bad', 'unknown', 'notTried']).optional(),
});
const gate = z.object({
  ...{ id: z.string(), question: z.string(), of: z.string(), quorum: z.number(), state: z.string(), round: z.number() },
  ...{ openedAt: at, decidedAt: at.optional(), facts: z.array(fact) },
  decisions: z.array(z.object({ decision: z.enum(['approve', 'decline']), by: z.string(), at })),
});

/** What came of a run: its view without evidence, messages and plan. */
const outcome = z.object({
  ...{ runId: z.string(), runbook: z.string(), title: z.string(), state: z.string(), status: z.string(), requestedBy: z.string() },
  ...{ reason: z.string(), environment: z.string(), startedAt: at, endedAt: at.optional() },
  waitingFor: z.object({ what: z.string(), who: z.string() }).optional(),
  ...{ steps: z.array(step), gates: z.array(gate), measures: z.record(z.string(), z.unknown()) },
  /** When which step failed, oldest first. */
  failures: z.array(z.object({ step: z.string(), at })),
});

const run = z.strictObject({
  workflow: z.string(),
  /** Its id after that of the run that the tape is of: empty for that one itself. */
  suffix: z.string(),
  ...{ calls: z.array(call), said: z.array(said), outcome },
});

/** One past run as a file, version 1: what it was given, what every activity answered, and what people said; without secrets. */
export const tapeSchema = z.strictObject({
  muster: z.literal('tape'),
  version: z.literal(1),
  /** Version of the build that made the file. */
  madeBy: z.string(),
  /** The resolved plan of the run, as its workflow got it. */
  plan: z.looseObject({ run: z.looseObject({ people: z.array(z.looseObject({ subject: z.string() })) }) }),
  /** The run itself, then the runs that were steps of it. */
  runs: z.array(run).min(1),
  /** Runs that were steps of it, and of which there was no history. */
  missing: z.array(z.string()),
  /** What was changed for a what-if, one sentence each. */
  edits: z.array(z.string()),
  /** Services that refuse their first calls, for a what-if. */
  faults: z.array(z.strictObject({ uses: z.string(), times: z.int().positive() })),
});

export type Tape = z.output<typeof tapeSchema>;
export type TapeRun = Tape['runs'][number];
export type TapeCall = TapeRun['calls'][number];
export type TapeSaid = TapeRun['said'][number];
export type TapeOutcome = TapeRun['outcome'];

/** Reads a tape. Throws a sentence when the text is none. */
export function readTape(text: string): Tape {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error('it is no JSON');
  }
  const parsed = tapeSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new Error(`it is no tape of version 1: ${path.length > 0 ? `${path.join('.')}: ` : ''}${message}`);
}
