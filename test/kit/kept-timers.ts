import {
  CancellationScope,
  type Next,
  type TimerInput,
  type WorkflowInterceptorsFactory,
  type WorkflowOutboundCallsInterceptor,
} from '@temporalio/workflow';

/**
 * Waits end as ever, but their timers stay. The server that skips time refuses to cancel a timer that ran out while the workflow was busy,
 * and after that it never gives the workflow anything to do again: temporalio/sdk-java issues 2606 and 3088. A real server cancels it.
 */
class KeptTimers implements WorkflowOutboundCallsInterceptor {
  async startTimer(input: TimerInput, next: Next<WorkflowOutboundCallsInterceptor, 'startTimer'>): Promise<void> {
    const scope = CancellationScope.current();
    if (scope.consideredCancelled || !scope.cancellable) return next(input);
    return Promise.race([CancellationScope.nonCancellable(() => next(input)), scope.cancelRequested]);
  }
}

export const interceptors: WorkflowInterceptorsFactory = () => ({ outbound: [new KeptTimers()] });
