import type { Fact } from '../messages.ts';
import type { GateOptions } from './decisions.ts';
import { askPeople } from './gates.ts';
import { leaveBehind } from './leave-behind.ts';
import { sideBySide } from './parallel.ts';
import type { Run } from './run.ts';
import type { StepOptions } from './step-record.ts';
import { perform } from './steps.ts';
import { tell } from './timeline.ts';
import { watchUntilSure, type WatchOptions } from './watch.ts';

/** The words that a runbook is written in. */
export interface Kit {
  /** Opens a part of the page; steps that follow belong to it. */
  phase(title: string): void;
  /** Does one thing. Skippable when it fails. A text that the act answers is kept as what came out. */
  step(sentence: string, act: () => Promise<unknown>, options?: StepOptions): Promise<void>;
  /** Looks whether something is as it must be, and fails when it is not. Skippable. */
  check(sentence: string, look: () => Promise<unknown>): Promise<void>;
  /** Reads what the run needs to go on; cannot be skipped. `say` puts what came out into words. */
  measure<T>(sentence: string, read: () => Promise<T>, say?: (read: T) => string): Promise<T>;
  /** Asks people, with facts. Goes on only when they approve; answers the facts that they approved. */
  gate(question: string, options: GateOptions): Promise<readonly Fact[]>;
  /** Holds only when every reading in a row is good; a missing one asks a person. */
  watch(sentence: string, options: WatchOptions): Promise<void>;
  /** Runs sentences side by side. */
  parallel<T extends unknown[]>(...branches: { [K in keyof T]: () => Promise<T[K]> }): Promise<T>;
  /** Starts a run that goes on after this one has ended. */
  leaveBehind(workflow: string, plan: unknown): Promise<void>;
  /** Keeps a result for the record, by name. */
  keep(name: string, value: unknown): void;
}

/** The words, bound to one run. */
export function kitOf(run: Run): Kit {
  const must = { kind: 'measure', skippable: false, looks: true } as const;
  return {
    phase: (title) => {
      run.view.phase = title;
      tell(run, 'phase', title);
    },
    step: async (sentence, act, how = {}) =>
      void (await perform(run, sentence, act, { ...how, kind: 'step', skippable: true, looks: false })),
    check: async (sentence, look) => void (await perform(run, sentence, look, { kind: 'step', skippable: true, looks: true })),
    measure: async (sentence, read, say) => (await perform(run, sentence, read, { ...must, say }))!,
    gate: async (question, how) =>
      (await perform(run, question, (step) => askPeople(run, step, question, how), { kind: 'gate', skippable: false, looks: false }))!,
    watch: async (sentence, how) =>
      void (await perform(run, sentence, (step) => watchUntilSure(step, how), { kind: 'watch', skippable: true, looks: true })),
    parallel: (...branches) => sideBySide(branches),
    leaveBehind: (workflow, plan) => leaveBehind(run, workflow, plan),
    keep: (name, value) => void (run.view.measures[name] = value),
  };
}
