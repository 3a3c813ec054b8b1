import type { Fact, GateView } from '../messages.ts';
import type { ChildRun } from '../plans/child-run.ts';
import { type ChildResult, handOver, leaveBehind, runChild } from './child-runs.ts';
import { askPeople, type GateOptions, mustApprove } from './gates.ts';
import { endRun, type Run } from './run.ts';
import { sideBySide } from './scope.ts';
import { perform, type StepOptions, type WatchOptions, watchUntilSure } from './steps.ts';
import { rest } from './tape.ts';
import { openPhase } from './timeline.ts';

/** The words that a runbook is written in. */
export interface Kit {
  /** When the run began; ISO 8601. */
  readonly startedAt: string;
  /** Opens a part of the page; steps that follow belong to it. */
  phase(title: string): void;
  /** Does one thing. Skippable when it fails. A text that the act answers is kept as what came out. */
  step(sentence: string, act: () => Promise<unknown>, options?: StepOptions): Promise<void>;
  /** Looks whether something is as it must be, and fails when it is not. Skippable. */
  check(sentence: string, look: () => Promise<unknown>): Promise<void>;
  /** Reads what the run needs to go on; cannot be skipped. `say` puts what came out into words. */
  measure<T>(sentence: string, read: () => Promise<T>, say?: (read: T) => string): Promise<T>;
  /** Reads what the record wants to know. It never stops a run: what cannot be read is "not measured", with its reason, and undefined. */
  learn<T>(sentence: string, read: () => Promise<T>, say?: (read: T) => string): Promise<T | undefined>;
  /** Asks people, with facts. Goes on only when they approve; answers the facts that they approved. */
  gate(question: string, options: GateOptions): Promise<readonly Fact[]>;
  /** Asks people, with facts, and goes on whatever they say: the answer is the gate's state, and silence is `expired`. */
  ask(question: string, options: GateOptions): Promise<GateView['state']>;
  /** Holds only when every reading in a row is good; a missing one asks a person. */
  watch(sentence: string, options: WatchOptions): Promise<void>;
  /** Lets time pass, in ms; a dry run does not wait. */
  rest(sentence: string, ms: number): Promise<void>;
  /** Runs sentences side by side. */
  parallel<T extends unknown[]>(...branches: { [K in keyof T]: () => Promise<T[K]> }): Promise<T>;
  /** Performs another runbook as one step, under this run's leases. Answers undefined when it is skipped. */
  runs(sentence: string, child: ChildRun): Promise<ChildResult | undefined>;
  /** Ends this run; another one goes on with what it began, and with its leases. */
  handOver(sentence: string, child: ChildRun): Promise<never>;
  /** Ends this run as failed, with everything as it is. */
  fail(reason: string): never;
  /** Starts a run that goes on after this one has ended; of several of one kind each has a name. */
  leaveBehind(workflow: string, plan: unknown, name?: string): Promise<void>;
  /** Keeps a result for the record, by name. */
  keep(name: string, value: unknown): void;
}

/** The words, bound to one run. */
export function kitOf(run: Run): Kit {
  const must = { skippable: false, looks: true } as const;
  const change = { skippable: true, looks: false } as const;
  const asks = { kind: 'gate', skippable: false, looks: false } as const;
  return {
    startedAt: run.view.startedAt,
    phase: (title) => openPhase(run, title),
    step: async (sentence, act, how = {}) => void (await perform(run, sentence, act, { ...how, ...change, kind: 'step' })),
    check: async (sentence, look) => void (await perform(run, sentence, look, { ...must, kind: 'step', skippable: true })),
    measure: async (sentence, read, say) => (await perform(run, sentence, read, { ...must, kind: 'measure', say }))!,
    learn: (sentence, read, say) => perform(run, sentence, read, { ...must, kind: 'measure', say, informs: true }),
    gate: async (question, how) => (await perform(run, question, (step) => mustApprove(run, step, question, how), asks))!,
    ask: async (question, how) => (await perform(run, question, (step) => askPeople(run, step, question, how), asks))!.state,
    watch: async (sentence, how) =>
      void (await perform(run, sentence, (step) => watchUntilSure(step, how), {
        ...must,
        kind: 'watch',
        skippable: true,
        goesOn: how.goesOn ?? false,
      })),
    rest: async (sentence, ms) => void (await perform(run, sentence, () => rest(run, ms), { ...must, kind: 'rest' })),
    parallel: (...branches) => sideBySide(branches),
    runs: (sentence, child) =>
      perform(run, sentence, (step) => runChild(run, step, child), {
        ...change,
        kind: 'run',
        say: ({ runId, state }) => `${runId} is ${state}`,
      }),
    handOver: async (sentence, child) => {
      await perform(run, sentence, () => handOver(run, child), { ...must, looks: false, kind: 'run' });
      return endRun(run, 'handedOver', `goes on as ${run.view.successor}`);
    },
    fail: (reason) => endRun(run, 'failed', reason),
    leaveBehind: (workflow, plan, name) => leaveBehind(run, workflow, plan, name),
    keep: (name, value) => void (run.view.measures[name] = value),
  };
}
