import type { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure, defaultPayloadConverter } from '@temporalio/common';
import type { ActivityExecuteInput, ActivityInboundCallsInterceptor, ActivityInterceptorsFactory, Next } from '@temporalio/worker';
import { Failure } from '../../workflows/failures.ts';
import { asFailure } from './classify-failure.ts';
import type { Envelope } from '../../record/evidence.ts';
import { cappedEvidence } from './evidence.ts';
import { failure, short } from './fail.ts';
import { kindOf, type Kind } from './kinds.ts';
import { redactText, redactTexts } from './redact.ts';
import { createStep, heartbeat, runInStep, stepHeaderName, type StepContext, type StepHeader } from './step-context.ts';

const beatMs = 1_000;

/**
 * Runs every activity for its step: refuses one that is not classified or comes from another environment, keeps simulate from changing
 * anything, heartbeats, and brings the evidence back with the result or with the failure.
 */
export function activityInterceptors(activities: object, environment: string): ActivityInterceptorsFactory {
  const known = new Map(Object.entries(activities));
  return (context) => ({ inbound: new StepInterceptor(context, (type) => kindOf(known.get(type)), environment) });
}

class StepInterceptor implements ActivityInboundCallsInterceptor {
  readonly #context: Context;
  readonly #kindOf: (activityType: string) => Kind | undefined;
  readonly #environment: string;

  constructor(context: Context, kind: (activityType: string) => Kind | undefined, environment: string) {
    this.#context = context;
    this.#kindOf = kind;
    this.#environment = environment;
  }

  async execute(input: ActivityExecuteInput, next: Next<ActivityInboundCallsInterceptor, 'execute'>): Promise<unknown> {
    const { info } = this.#context;
    const header = readHeader(input);
    const kind = this.#kindOf(info.activityType);
    if (kind === undefined)
      throw failure(Failure.RefusedBySafetyRule, `the activity ${info.activityType} is not classified, so it is not run`);
    if (header?.mode === 'tape')
      throw failure(Failure.RefusedBySafetyRule, 'the run plays a tape, which this worker does not: it acts on what is there');
    if (header && header.environment !== this.#environment) {
      throw failure(Failure.RefusedBySafetyRule, `this worker acts on ${this.#environment}; the run belongs to ${header.environment}`);
    }
    const step = createStep(header, info);
    const beats = setInterval(() => heartbeat(step), beatMs);
    try {
      const runs = mayRun(kind, step);
      const result = await runInStep(step, () => (runs ? next(input) : suppress(kind, step, info.activityType, input.args[0])));
      if (!header) return redactTexts(result);
      return { ...envelope(result, step), ...(runs || kind === 'notify' ? {} : { notTried: true }) };
    } catch (error) {
      heartbeat(step, true);
      throw withEvidence(asFailure(error, kind === 'change' ? 'change' : 'read'), step);
    } finally {
      clearInterval(beats);
    }
  }
}

function readHeader(input: ActivityExecuteInput): StepHeader | undefined {
  const payload = input.headers[stepHeaderName];
  return payload ? defaultPayloadConverter.fromPayload<StepHeader>(payload) : undefined;
}

/** A change itself stops after its prediction. */
function mayRun(kind: Kind, { mode }: StepContext): boolean {
  return mode === 'live' || kind === 'read' || kind === 'record' || kind === 'change';
}

async function suppress(kind: Kind, step: StepContext, activityType: string, args: unknown): Promise<unknown> {
  if (kind !== 'notify') return undefined;
  step.predict([{ call: activityType, args }]);
  return { sent: false };
}

function envelope(result: unknown, { carried, mode }: StepContext): Envelope {
  return {
    musterEnvelope: 1,
    result: redactTexts(result),
    evidence: cappedEvidence(carried.evidence),
    predicted: carried.predicted,
    simulated: mode === 'simulate',
  };
}

function withEvidence(error: Error, { carried }: StepContext): Error {
  const details = [{ musterEvidence: cappedEvidence(carried.evidence), musterPredicted: carried.predicted }];
  if (error instanceof CancelledFailure) return new CancelledFailure(redactText(error.message), details);
  if (!(error instanceof ApplicationFailure)) return error;
  const { type, nonRetryable, nextRetryDelay, category } = error;
  return ApplicationFailure.create({
    message: short(redactText(error.message)),
    details: [...details, ...redactTexts(error.details ?? [])],
    ...(type ? { type } : {}),
    ...(nonRetryable ? { nonRetryable } : {}),
    ...(nextRetryDelay ? { nextRetryDelay } : {}),
    ...(category ? { category } : {}),
  });
}
