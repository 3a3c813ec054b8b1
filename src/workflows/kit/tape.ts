import {
  CancellationScope,
  condition,
  isCancellation,
  type Next,
  proxyActivities,
  sleep,
  type TimerInput,
  type WorkflowExecuteInput,
  type WorkflowInboundCallsInterceptor,
  type WorkflowOutboundCallsInterceptor,
} from '@temporalio/workflow';
import type { CommandOf, Fact, GateView, RunRequest, StepView, Verb } from '../messages.ts';
import { actions, checks } from './operator.ts';
import type { Run } from './run.ts';
import { RunScope } from './scope.ts';
import { tell } from './timeline.ts';

/** What a run that plays a tape waits for people with. */
export interface TapeAsked {
  kind: 'gate' | 'step';
  /** The gate's question, or the title of the step that failed. */
  title: string;
  /** Which time the gate asks with other facts, or the step fails; from 1. */
  round: number;
  of?: string;
  quorum?: number;
  facts?: readonly Fact[];
}

/** What a person on the tape said then. */
export interface TapeCommand {
  verb: Extract<Verb, 'approve' | 'decline' | 'retryStep' | 'skipStep' | 'undo' | 'abort'>;
  by: string;
  /** Since people were asked, ms. */
  afterMs: number;
  comment?: string;
  reason?: string;
  how?: 'leave' | 'undo';
}

/** What only the player of a tape does. */
export interface TapePlayer {
  /** Empty when nobody on the tape has an answer. */
  tapePeople(asked: TapeAsked): Promise<TapeCommand[]>;
  tapeRest(asked: { ms: number }): Promise<void>;
}

const player = proxyActivities<TapePlayer>({ startToCloseTimeout: '1h', retry: { maximumAttempts: 1 } });

/** Lets time pass, in ms: a dry run does not wait, and a tape may run faster. */
export function rest({ request }: Run, ms: number): Promise<void> {
  if (request.mode === 'simulate') return condition(() => true);
  return request.tape ? player.tapeRest({ ms }) : sleep(ms);
}

/** In a what-if the people on the tape decide at a gate as they did then. */
export function decideFromTape(run: Run, { id, question, round, of, quorum, facts, digest }: GateView): void {
  follow(run, { kind: 'gate', title: question, round, of, quorum, facts }, (said) => ({ ...said, gate: id, digest }));
}

/** In a what-if they also say of a step that failed what they said then. */
export function helpFromTape(run: Run, { id, title, tries }: StepView): void {
  follow(run, { kind: 'step', title, round: tries }, (said) => ({ ...said, step: id }));
}

function follow(run: Run, asked: TapeAsked, commandOf: (said: TapeCommand) => object): void {
  if (run.request.tape?.people !== 'recorded') return;
  const since = Date.now();
  void new RunScope(run, false).run(async () => {
    for (const said of await player.tapePeople(asked)) {
      await sleep(Math.max(1, since + said.afterMs - Date.now()));
      await carryOut(run, said.verb, commandOf(said)).catch((error: unknown) =>
        tell(run, 'operator', `Refused ${said.verb} by ${said.by}: ${error instanceof Error ? error.message : String(error)}`),
      );
    }
  });
}

async function carryOut<V extends Verb>(run: Run, verb: V, said: object): Promise<void> {
  const command = { ...said, channel: 'temporal' } as unknown as CommandOf[V];
  checks[verb](run, command);
  await actions[verb](run, command);
}

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
