import {
  ActivityCancellationType,
  ActivityFailure,
  type ActivityInput,
  ApplicationFailure,
  defaultPayloadConverter,
  type Next,
  workflowInfo,
  type WorkflowInterceptorsFactory,
  type WorkflowOutboundCallsInterceptor,
} from '@temporalio/workflow';
import type { Envelope, EvidenceEntry, PredictedCall, StepHeader } from '../../activities/kit/index.ts';
import { type Owner, whereAmI } from './scope.ts';
import { TapeTime } from './tape.ts';

type Following = Next<WorkflowOutboundCallsInterceptor, 'scheduleActivity'>;

/** Header that tells an activity for which run and step it works, and in which mode. */
export const stepHeader = 'muster-step';

/** Sends mode, actor and step title along with every activity, and keeps the evidence that comes back with the step. */
class StepInterceptor implements WorkflowOutboundCallsInterceptor {
  readonly #time: TapeTime;

  constructor(time: TapeTime) {
    this.#time = time;
  }

  async scheduleActivity(input: ActivityInput, next: Following): Promise<unknown> {
    const { run, look } = whereAmI();
    if (!run) return next(input);
    if (!look) return this.#schedule(input, next, run);
    return look.once(`${input.activityType} ${JSON.stringify(input.args)}`, () => this.#schedule(briefly(input), next, run));
  }

  async #schedule(input: ActivityInput, next: Following, run: Owner): Promise<unknown> {
    const { step: scope } = whereAmI();
    const step = scope?.step;
    const header: StepHeader = {
      mode: run.request.mode,
      runId: run.view.runId,
      environment: run.request.environment,
      step: step?.id ?? '-',
      title: step?.title ?? run.view.title,
      actor: run.request.requestedBy,
      operation: `${workflowInfo().firstExecutionRunId}/${step?.id ?? '-'}`,
    };
    const headers = { ...input.headers, [stepHeader]: defaultPayloadConverter.toPayload(header) };
    // A change that is under way is waited for, also when the run is aborted: an undo must never overtake it.
    const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;
    const options = { ...input.options, cancellationType, summary: input.options.summary ?? header.title };
    try {
      const answer = await next({ ...input, headers, options });
      if (!isEnvelope(answer)) return answer;
      if (answer.notTried && scope) scope.notTried = true;
      await this.#time.pass(answer.tookMs);
      step?.evidence.push(...answer.evidence);
      step?.predicted.push(...answer.predicted);
      return answer.result;
    } catch (error) {
      const { musterEvidence = [], musterPredicted = [], musterTookMs } = leftBehind(error);
      await this.#time.pass(musterTookMs);
      step?.evidence.push(...musterEvidence);
      step?.predicted.push(...musterPredicted);
      throw error;
    }
  }
}

/** Who only looks shall say soon that something does not answer. */
function briefly({ options, ...input }: ActivityInput): ActivityInput {
  const retry = { initialInterval: '500ms', maximumAttempts: 2 } as const;
  return { ...input, options: { ...options, startToCloseTimeout: '15s', scheduleToCloseTimeout: '35s', retry } };
}

export const interceptors: WorkflowInterceptorsFactory = () => {
  const time = new TapeTime();
  return { inbound: [time], outbound: [new StepInterceptor(time), time] };
};

/** What our own activities answer with. */
function isEnvelope(answer: unknown): answer is Envelope {
  return typeof answer === 'object' && answer !== null && 'musterEnvelope' in answer;
}

/** What an activity that failed had called, and meant to call. */
function leftBehind(error: unknown): { musterEvidence?: EvidenceEntry[]; musterPredicted?: PredictedCall[]; musterTookMs?: number } {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  return (cause instanceof ApplicationFailure ? (cause.details?.[0] as ReturnType<typeof leftBehind> | undefined) : undefined) ?? {};
}
