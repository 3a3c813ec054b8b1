import {
  CancellationScope,
  isCancellation,
  sleep,
  type Next,
  type TimerInput,
  type WorkflowExecuteInput,
  type WorkflowInboundCallsInterceptor,
  type WorkflowOutboundCallsInterceptor,
} from '@temporalio/workflow';
import type { RunRequest } from '../messages.ts';

/** Lets a run that plays a tape take the time that its activities took, or a part of it; other runs pass untouched. One for each workflow. */
export class TapeTime implements WorkflowInboundCallsInterceptor, WorkflowOutboundCallsInterceptor {
  #tape: RunRequest['tape'];

  async execute(input: WorkflowExecuteInput, next: Next<WorkflowInboundCallsInterceptor, 'execute'>): Promise<unknown> {
    this.#tape = (input.args[0] as { run?: RunRequest } | undefined)?.run?.tape;
    return next(input);
  }

  /**
   * Where time is skipped, waits end as ever but their timers stay: that server refuses to cancel a timer that ran out while the workflow was
   * busy, and then never gives the workflow anything to do again (temporalio/sdk-java issues 2606 and 3088).
   */
  async startTimer(input: TimerInput, next: Next<WorkflowOutboundCallsInterceptor, 'startTimer'>): Promise<void> {
    const scope = CancellationScope.current();
    if (this.#tape?.people !== 'recorded' || scope.consideredCancelled || !scope.cancellable) return next(input);
    return Promise.race([CancellationScope.nonCancellable(() => next(input)), scope.cancelRequested]);
  }

  /** Waits as long as an activity took, ms. A run that is aborted meanwhile goes on at once: what the tape answered stays done. */
  async pass(ms: number | undefined): Promise<void> {
    if (!this.#tape || ms === undefined || ms <= 0) return;
    await sleep(Math.max(1, Math.round(ms / this.#tape.speed))).catch((error: unknown) => {
      if (!isCancellation(error)) throw error;
    });
  }
}
