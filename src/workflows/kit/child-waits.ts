import { defineSignal, getExternalWorkflowHandle, setHandler } from '@temporalio/workflow';
import type { RunView } from '../messages.ts';
import type { Run } from './run.ts';
import { RunScope } from './scope.ts';

interface ChildWaits {
  child: string;
  /** Null when it works again. */
  waitingFor: RunView['waitingFor'] | null;
}

export const childWaitsSignal = defineSignal<[ChildWaits]>('childWaits');

/** A run that waits for people says so on the page of the run that waits for it; whether that one hears it changes nothing. */
export function tellParent({ request, view, ...run }: Run): void {
  const { parent, leases } = request;
  if (parent === undefined || leases === 'inherited') return;
  const said = JSON.stringify(view.waitingFor ?? null);
  if (run.told.parent === said) return;
  run.told.parent = said;
  const signal = () =>
    getExternalWorkflowHandle(parent).signal(childWaitsSignal, { child: view.runId, waitingFor: view.waitingFor ?? null });
  void new RunScope({ request, view }, false).run(signal).catch(() => undefined);
}

/** Keeps what the children of a run wait for. */
export function hearChildren(run: Run, refresh: () => void): void {
  setHandler(childWaitsSignal, ({ child, waitingFor }) => {
    if (waitingFor) run.children.set(child, { ...waitingFor, what: `${waitingFor.what} (in ${child})` });
    else run.children.delete(child);
    refresh();
  });
}
