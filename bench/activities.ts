import { Context } from '@temporalio/activity';
import { leaseActivities, trustActivities } from '../src/activities/records/index.ts';
import { notify, read, record } from '../src/activities/kit/index.ts';
import type { Environment } from '../src/config/environment.ts';

/** Activities that do nothing but note when they were entered, beside the bookkeeping that the kit asks for. */
export function benchActivities(environment: Environment) {
  const acts = new Map<string, number[]>();
  const enter = (): void => {
    const { workflowId } = Context.current().info.workflowExecution!;
    const entered = acts.get(workflowId);
    if (entered) entered.push(performance.now());
    else acts.set(workflowId, [performance.now()]);
  };
  const message = notify(async () => undefined);
  const trivial = {
    act: read(async (_number: number) => enter()),
    lag: read(async () => 1),
  };
  return {
    /** When the acts of a run were entered, on the clock of `performance.now()`. */
    actsOf: (workflowId: string): readonly number[] => acts.get(workflowId) ?? [],
    trivial,
    forTheKit: {
      ...trivial,
      ...leaseActivities(environment),
      ...trustActivities(environment),
      archiveRun: record(async () => ({ folder: '', files: [], hash: '' })),
      ...{ notifySlack: message, notifyPagerDuty: message, notifyStatuspage: message },
    },
  };
}

type Trivial = ReturnType<typeof benchActivities>['trivial'];

/** What both sides call. */
export interface TrivialActivities {
  act: (number: number) => ReturnType<Trivial['act']>;
  lag: () => ReturnType<Trivial['lag']>;
}
