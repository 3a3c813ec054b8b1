import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { RunRequest, RunView, StepView } from '../messages.ts';

/** Whose code it is, as far as activities are told. */
export interface Owner {
  readonly request: Pick<RunRequest, 'environment' | 'mode' | 'requestedBy'>;
  readonly view: Pick<RunView, 'runId' | 'title'>;
}
/** What a step's activities are told of it, and where their evidence is left. */
type StepOfScope = Pick<StepView, 'id' | 'title' | 'evidence' | 'predicted'>;

/** Code inside belongs to a run; the interceptors find the run through it. */
export class RunScope extends CancellationScope {
  readonly owner: Owner;

  constructor(owner: Owner, cancellable = true) {
    super({ cancellable });
    this.owner = owner;
  }
}

/** Code inside belongs to one step; side by side steps never mix their evidence. */
export class StepScope extends RunScope {
  readonly step: StepOfScope;
  /** A dry run left something of it untried. */
  notTried = false;

  constructor(owner: Owner, step: StepOfScope) {
    super(owner);
    this.step = step;
  }
}

/** Code inside only looks: the worker lets nothing be changed, what does not answer soon is given up, and nothing is asked twice. */
export class LookScope extends RunScope {
  readonly #answers = new Map<string, Promise<unknown>>();

  /** What was asked before is answered with the same answer. */
  once(question: string, ask: () => Promise<unknown>): Promise<unknown> {
    const answer = this.#answers.get(question) ?? ask();
    this.#answers.set(question, answer);
    return answer;
  }
}

interface Here {
  run?: Owner;
  step?: StepScope;
  look?: LookScope;
}

/** The run and the step that the calling code belongs to. */
export function whereAmI(): Here {
  const found: Here = {};
  for (let scope: CancellationScope | undefined = CancellationScope.current(); scope; scope = scope.parent) {
    if (scope instanceof StepScope) found.step ??= scope;
    if (scope instanceof LookScope) found.look ??= scope;
    if (scope instanceof RunScope) return { ...found, run: scope.owner };
  }
  return found;
}

type Branch<T> = () => Promise<T>;

/** Runs sentences side by side. When one ends the run, the others are cancelled and waited for, so that nothing goes on behind an undo. */
export async function sideBySide<T extends unknown[]>(branches: { [K in keyof T]: Branch<T[K]> }): Promise<T> {
  const scope = new CancellationScope();
  return scope.run(async () => {
    const running = (branches as Branch<unknown>[]).map((branch) => branch());
    for (const branch of running) branch.catch(() => scope.cancel());
    const settled = await Promise.allSettled(running);
    const failures = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    if (failures.length > 0) throw failures.find((failure) => !isCancellation(failure)) ?? failures[0];
    return settled.map((result) => (result as PromiseFulfilledResult<unknown>).value) as T;
  });
}

/** What only a change that was made could show: a dry run, which made none, does not try it, and goes on with undefined. */
export async function proving<T>(prove: () => Promise<T>): Promise<T | undefined> {
  const { run, step } = whereAmI();
  if (run?.request.mode !== 'simulate') return prove();
  if (step) step.notTried = true;
  return undefined;
}

/** How it is said of what a dry run did not try. */
export const notTried = 'not tried in a dry run';
