import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Mode } from '../../src/workflows/messages.ts';
import type { Envelope, EvidenceEntry } from '../../src/record/evidence.ts';
import { activityInterceptors } from '../../src/activities/kit/interceptor.ts';
import { stepHeaderName, type StepHeader } from '../../src/activities/kit/step-context.ts';

export interface StepOptions {
  mode?: Mode;
  activityType?: string;
  attempt?: number;
  /** When Temporal was asked for the activity; now unless it is said. */
  scheduledAt?: Date;
  /** What the attempt before left behind. */
  heartbeatDetails?: unknown;
  environment?: string;
  runId?: string;
  /** The client of Temporal that the activity gets. */
  client?: Client;
  /** Called with the environment before the activity runs, e.g. to cancel it later. */
  onStart?: (environment: MockActivityEnvironment) => void;
}

export interface StepOutcome<T> extends Omit<Envelope, 'result'> {
  result: T;
  heartbeats: unknown[];
}

const quiet = { log: () => {}, trace: () => {}, debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Runs one activity as a step of a run would: with the header, the interceptor and Temporal's context. */
export async function inStep<Input, T>(
  activity: (input: Input) => Promise<T>,
  input: Input,
  options: StepOptions = {},
): Promise<StepOutcome<T>> {
  const {
    mode = 'live',
    activityType = 'tested',
    attempt = 1,
    heartbeatDetails,
    environment = 'range',
    runId = 'run-1',
    scheduledAt = new Date(),
  } = options;
  const withClient = options.client === undefined ? {} : { client: options.client };
  const header: StepHeader = {
    mode,
    runId,
    environment,
    step: '3-promote',
    title: 'Promote',
    actor: 'sam',
    operation: `execution-1/3-promote`,
  };
  const writesHeader: ActivityInterceptorsFactory = () => ({
    inbound: {
      execute: (asked, next) =>
        next({ ...asked, headers: { ...asked.headers, [stepHeaderName]: defaultPayloadConverter.toPayload(header) } }),
    },
  });
  const mock = new MockActivityEnvironment(
    { activityType, attempt, heartbeatDetails, startToCloseTimeoutMs: 60_000, scheduledTimestampMs: scheduledAt.getTime() },
    { interceptors: [writesHeader, activityInterceptors({ [activityType]: activity }, 'range')], logger: quiet, ...withClient },
  );
  const heartbeats: unknown[] = [];
  mock.on('heartbeat', (details: unknown) => heartbeats.push(details));
  options.onStart?.(mock);
  const envelope = (await mock.run<[Input], unknown, (asked: Input) => Promise<unknown>>(activity, input)) as Envelope;
  return { ...envelope, result: envelope.result as T, heartbeats };
}

/** What a step that failed left in its failure. */
export async function failureOf(
  run: Promise<unknown>,
): Promise<{ name: string; message: string; nonRetryable: boolean; evidence: EvidenceEntry[] }> {
  const error = await run.then(
    () => {
      throw new Error('it did not fail');
    },
    (failed: unknown) => failed as Error & { type?: string; nonRetryable?: boolean; details?: { musterEvidence: EvidenceEntry[] }[] },
  );
  if (error.details === undefined) throw error;
  return {
    name: error.type ?? error.name,
    message: error.message,
    nonRetryable: error.nonRetryable ?? false,
    evidence: error.details[0]!.musterEvidence,
  };
}
