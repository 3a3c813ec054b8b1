import type { Context } from '@temporalio/activity';
import { ApplicationFailure, defaultPayloadConverter } from '@temporalio/common';
import { NativeConnection, Worker, type ActivityExecuteInput, type ActivityInboundCallsInterceptor } from '@temporalio/worker';
import { type StepHeader, stepHeaderName } from '../activities/kit/index.ts';
import { workflowSource } from '../config/workflow-code.ts';
import type { TemporalTarget } from '../config/temporal.ts';
import type { Player } from './player.ts';

/** The task queue of one play: nobody else works on it. */
export const taskQueueOf = (runId: string): string => `muster-tape-${runId}`;

/** Serves one play while `use` lasts: the ordinary workflow code, and no activity but the player. */
export async function withPlayer<T>(
  target: Pick<TemporalTarget, 'namespace' | 'connectionOptions'>,
  { taskQueue, player }: { taskQueue: string; player: Player },
  use: () => Promise<T>,
): Promise<T> {
  const connection = await NativeConnection.connect(target.connectionOptions);
  try {
    const worker = await Worker.create({
      ...(await workflowSource()),
      ...{ connection, namespace: target.namespace, taskQueue },
      activities: { default: nothing },
      interceptors: { activity: [(context) => ({ inbound: new Answering(context, player) })] },
      shutdownForceTime: '2s',
    });
    return await worker.runUntil(use);
  } finally {
    await connection.close();
  }
}

/** Never reached: the interceptor answers before it. */
const nothing = (): Promise<never> => Promise.reject(ApplicationFailure.nonRetryable('a tape calls nothing'));

class Answering implements ActivityInboundCallsInterceptor {
  readonly #context: Context;
  readonly #player: Player;

  constructor(context: Context, player: Player) {
    this.#context = context;
    this.#player = player;
  }

  async execute({ args, headers }: ActivityExecuteInput): Promise<unknown> {
    const { activityType, workflowType, workflowExecution, currentAttemptScheduledTimestampMs } = this.#context.info;
    const payload = headers[stepHeaderName];
    const header = payload ? defaultPayloadConverter.fromPayload<StepHeader>(payload) : undefined;
    return this.#player.answer({
      ...{ activity: activityType, args, workflow: workflowType ?? '', runId: header?.runId ?? workflowExecution?.workflowId ?? '' },
      step: header === undefined || header.step === '-' ? '' : header.title,
      at: currentAttemptScheduledTimestampMs,
    });
  }
}
