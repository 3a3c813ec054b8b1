import { CancellationScope } from '@temporalio/workflow';
import type { RunRequest, RunView, StepView } from '../messages.ts';

interface Owner {
  readonly request: RunRequest;
  readonly view: RunView;
}

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
  readonly step: StepView;

  constructor(owner: Owner, step: StepView) {
    super(owner);
    this.step = step;
  }
}

/** The run and the step that the calling code belongs to. */
export function whereAmI(): { run?: Owner; step?: StepView } {
  const found: { run?: Owner; step?: StepView } = {};
  for (let scope: CancellationScope | undefined = CancellationScope.current(); scope; scope = scope.parent) {
    if (scope instanceof StepScope) found.step ??= scope.step;
    if (scope instanceof RunScope) return { ...found, run: scope.owner };
  }
  return found;
}
